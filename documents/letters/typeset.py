"""A process of its own that makes one PDF: a letter as JSON on standard input, the PDF on standard output.

It is run by `rendering.py` as a file, knows nothing of the application and its database, and can be ended at any time.
"""

import sys
from pathlib import Path

import typst

LAYOUT = Path(__file__).with_name("letter.typ")


def main() -> None:
    """Tagged, with title and language, as PDF/UA-1 asks; only with the fonts that come with the package.

    A letter with a character that these fonts lack cannot keep to the standard; it is made, tagged, without its seal.
    """
    letter = sys.stdin.buffer.read().decode()
    try:
        made = _compiled(letter, sealed=True)
    except typst.TypstError:
        made = _compiled(letter, sealed=False)
    sys.stdout.buffer.write(made)


def _compiled(letter: str, *, sealed: bool) -> bytes:
    return typst.compile(
        str(LAYOUT),
        root=str(LAYOUT.parent),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"letter": letter},
        pdf_standards=["ua-1"] if sealed else [],
    )


if __name__ == "__main__":
    main()
