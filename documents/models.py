"""Which papers the office has of a person, has asked for, or lacks; the letters' tables are in `letters/models.py`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, SameOrganization, choices_checked, history
from documents.letters.models import Letter, LetterTemplate  # noqa: F401  # Django looks for a room's tables here


@choices_checked
class Paper(Fact):
    """Where one kind of paper of one person stands. No row, and a paper is missing if the facts let expect it
    (`documents/catalogue.py`). What stands on a paper is put on file as facts; here stands only where the paper is."""

    family_path = "person__family_id"

    class Kind(models.TextChoices):
        BIRTH_CERTIFICATE = "birth_certificate", _("Birth certificate, or another proof of birth and parents")
        I_860 = "i_860", _("I-860, order of expedited removal")
        I_867 = "i_867", _("I-867, sworn statement at the border")
        M_444 = "m_444", _("M-444, information about the credible fear interview")
        I_870 = "i_870", _("I-870, record of the credible fear interview")
        I_869 = "i_869", _("I-869, negative finding, with the question about a judge")
        I_899 = "i_899", _("I-899, record of the reasonable fear interview")
        I_898 = "i_898", _("I-898, negative reasonable fear finding, with the question about a judge")
        I_863 = "i_863", _("I-863, referral to an immigration judge")
        JUDGE_ORDER = "judge_order", _("Immigration judge's order on the review")
        I_862 = "i_862", _("I-862, Notice to Appear")
        PRIOR_ORDER = "prior_order", _("I-871 or I-851A, earlier order of removal put in force again")
        I_205 = "i_205", _("I-205 or I-296, proof of the departure")
        I_213 = "i_213", _("I-213, record of the arrest")
        I_220 = "i_220", _("I-220A or I-220B, conditions of release")
        ORR_RELEASE = "orr_release", _("ORR's verification of release")
        SUMMER_FORM = "summer_form", _("ICE's form for separated parents of summer 2018 (no waiver)")
        ELECTION_FORM = "election_form", _("Election form, this person's own")
        INTERPRETER_RECORD = "interpreter_record", _("Interpreter's record of reading the election form")
        I_589_RECEIPT = "i_589_receipt", _("Receipt for the asylum application, I-589")
        G_28 = "g_28", _("G-28, notice of who represents them")
        EOIR_28 = "eoir_28", _("EOIR-28, notice of who represents them in court")

    class State(models.TextChoices):
        HAVE = "have", _("here")
        ASKED = "asked", _("asked for")
        MISSING = "missing", _("missing")
        NOT_NEEDED = "not_needed", _("not needed")

    person = models.ForeignKey("families.Person", on_delete=models.CASCADE, related_name="papers", db_constraint=False)
    kind = models.CharField(_("paper"), max_length=30, choices=Kind)
    state = models.CharField(_("where it stands"), max_length=20, choices=State)
    dated_on = models.DateField(_("day on the paper"), null=True, blank=True)
    asked_on = models.DateField(_("asked for on"), null=True, blank=True)
    served_on = models.DateField(_("served on the person on"), null=True, blank=True)
    filed_on = models.DateField(_("filed with the court on"), null=True, blank=True)
    seen_in_court_on = models.DateField(_("seen in the court's system on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    history = history()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            SameOrganization(field="person", to="families.Person", name="documents_paper_person_owner"),
            models.UniqueConstraint(
                fields=["person", "kind"],
                name="documents_paper_once",
                violation_error_message=_("This paper is on file already. Open the page again."),
            ),
        ]
        indexes = [
            # Served and not seen in the court's system: asked on every desk.
            models.Index(
                fields=["organization", "served_on"],
                condition=models.Q(kind="i_862", seen_in_court_on=None),
                name="documents_paper_not_in_court",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
