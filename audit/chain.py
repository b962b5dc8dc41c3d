"""The chain: how entries are sealed when a transaction commits, and the one text of an entry and of a link.

The expressions are those of the functions that seal and, written out anew in the query, of the command that verifies:
who exchanges the functions in the database does not exchange the check. They must never change while links made with
them exist, and use nothing whose output depends on a setting of the session (times are seconds since 1970).
"""

# Every column, so that none can be changed unseen. ROW's text keeps NULL, '' and commas apart.
ENTRY = (
    "sha256(convert_to(ROW(e.id, e.organization_id, extract(epoch FROM e.at), e.transaction, e.actor_id, e.by,"
    " e.request, e.act, e.thing, e.thing_id, e.families, e.persons, e.before, e.after, e.detail, e.reason)::text,"
    " 'UTF8'))"
)
# Of all entries of a link, in order; digests of fixed length need nothing between them.
DIGEST = f"sha256(string_agg({ENTRY}, ''::bytea ORDER BY e.id))"
LINK = (
    "sha256(convert_to(ROW(l.chain, l.seq, extract(epoch FROM l.at), l.transaction, l.first, l.last, l.entries,"
    " encode(l.digest, 'hex'), encode(l.previous, 'hex'))::text, 'UTF8'))"
)
CHAIN = "coalesce(e.organization_id, 0)"
# A restored database counts its transactions anew, so a transaction's number alone does not tell its link.
COVERED = f"l.transaction = e.transaction AND l.chain = {CHAIN} AND e.id BETWEEN l.first AND l.last"

# Advisory locks' first half; families/locks.py has 1 and 2.
LOCK = 3

# Called for each entry when the transaction commits (or sooner, after SET CONSTRAINTS ... IMMEDIATE). The first entry
# that is not yet in a link seals all that are there; for the others one look at an index is all. Several chains are
# locked in order, so that two transactions never wait for one another.
SEAL = f"""
DECLARE
    c bigint;
    head record;
    made audit_link%ROWTYPE;
BEGIN
    IF NEW.transaction <> pg_current_xact_id()::text::bigint OR EXISTS (
        SELECT FROM audit_link l WHERE {COVERED.replace(" e.", " NEW.").replace("(e.", "(NEW.")}
    ) THEN
        RETURN NULL;
    END IF;
    FOR c IN
        SELECT DISTINCT {CHAIN} FROM audit_entry e
        WHERE e.transaction = NEW.transaction AND e.id >= NEW.id
            AND NOT EXISTS (SELECT FROM audit_link l WHERE {COVERED})
        ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock({LOCK}, c::integer);
        SELECT seq, hash INTO head FROM audit_link WHERE chain = c ORDER BY seq DESC LIMIT 1;
        made.chain := c;
        made.seq := coalesce(head.seq, 0) + 1;
        made.previous := coalesce(head.hash, ''::bytea);
        made.at := clock_timestamp();
        made.transaction := NEW.transaction;
        SELECT min(e.id), max(e.id), count(*), {DIGEST} INTO made.first, made.last, made.entries, made.digest
        FROM audit_entry e
        WHERE e.transaction = NEW.transaction AND e.id >= NEW.id AND {CHAIN} = c
            AND NOT EXISTS (SELECT FROM audit_link l WHERE {COVERED});
        made.hash := {LINK.replace("l.", "made.")};
        INSERT INTO audit_link (chain, seq, at, transaction, first, last, entries, digest, previous, hash)
        VALUES (made.chain, made.seq, made.at, made.transaction, made.first, made.last, made.entries, made.digest,
            made.previous, made.hash)
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN  -- a snapshot older than the chain's head (REPEATABLE READ): to be tried again as a whole
            RAISE EXCEPTION 'the trace has moved on' USING ERRCODE = 'serialization_failure';
        END IF;
    END LOOP;
    RETURN NULL;
END"""
TRIGGER = (
    "CREATE CONSTRAINT TRIGGER audit_seal AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION audit_seal()"
)

# The newest link of every chain, one look at an index for each.
HEADS = """
    WITH RECURSIVE c(chain) AS (
        SELECT min(chain) FROM audit_link
        UNION ALL
        SELECT (SELECT min(l.chain) FROM audit_link l WHERE l.chain > c.chain) FROM c WHERE c.chain IS NOT NULL
    )
    SELECT head.chain, head.seq, encode(head.hash, 'hex')
    FROM c, LATERAL (SELECT * FROM audit_link l WHERE l.chain = c.chain ORDER BY seq DESC LIMIT 1) head
"""

# The entries that name a family, of the organization that is set. Under row-level security PostgreSQL would not use the
# index on families, for an operator of arrays might leak; so the function looks as the owner, and asks whose they are.
OF_FAMILY = """
    SELECT id FROM audit_entry
    WHERE families @> ARRAY[family] AND at >= since AND at < until
        AND organization_id = nullif(current_setting('app.organization', true), '')::bigint
"""

# Functions by name, with what stands between the name and the body; all run as the owner of the tables.
TRACES = "() RETURNS trigger LANGUAGE plpgsql"
FUNCTIONS = {
    "audit_seal": (TRACES, SEAL),
    "audit_of_family": (
        "(family bigint, since timestamptz, until timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE",
        OF_FAMILY,
    ),
    "audit_heads": ("() RETURNS TABLE (chain bigint, seq bigint, hash text) LANGUAGE sql STABLE", HEADS),
}
