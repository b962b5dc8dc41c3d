-- Functions that run with the owner's rights: the only doors of the application role to what lies outside the
-- organization that is set. Each gives the least that is needed, and takes nothing on trust but its arguments.
-- Executed after every `migrate` (config/database/walls.py), which also takes them from PUBLIC; the application role
-- may execute those named in `walls.DOORS`. A changed list of arguments or results needs a DROP FUNCTION IF EXISTS first.

-- The organization of an account that may sign in; NULL for one that may not, or is not there.
CREATE OR REPLACE FUNCTION account_place(account bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organization_id FROM accounts_user WHERE id = account AND is_active
$$;

-- The account that an address names, whether it may sign in or not, for the pages of somebody who has not signed in.
CREATE OR REPLACE FUNCTION account_by_email(address text) RETURNS TABLE (account bigint, organization bigint)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, organization_id FROM accounts_user WHERE email = lower(btrim(address))
$$;

-- The keys of all organizations, for work that is done for one after another.
CREATE OR REPLACE FUNCTION organization_keys() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM accounts_organization ORDER BY id
$$;

-- The invitation to which the hash of a link leads, for who follows one and has not signed in.
CREATE OR REPLACE FUNCTION invitation_place(hashed text) RETURNS TABLE (invitation bigint, organization bigint)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, organization_id FROM accounts_invitation WHERE token_hash = hashed
$$;

-- The address of a calendar program to which the hash of a secret leads, while it works and its owner may sign in: for
-- a program, which never signs in.
CREATE OR REPLACE FUNCTION feed_place(hashed text) RETURNS TABLE (feed bigint, organization bigint)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.id, f.organization_id FROM deadlines_feedkey AS f JOIN accounts_user AS u ON u.id = f.user_id
    WHERE f.token_hash = hashed AND f.revoked_at IS NULL AND u.is_active
$$;

-- The persons of the organization that is set in whom every term is found, whatever its case and accents. `%` and `_`
-- in a term stand for themselves. It filters the organization itself: under a policy PostgreSQL looks at LIKE, which
-- might tell something of rows that are not shown, only after the policy, and so never finds rows by an index on it.
-- The conditions are written out, so that each search is planned for its own terms.
CREATE OR REPLACE FUNCTION persons_matching(terms text[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE ROWS 100 SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    organization bigint := nullif(current_setting('app.organization', true), '')::bigint;
    conditions text := (
        SELECT string_agg(
            format('search LIKE %L', '%' || regexp_replace(amparo_fold(term), '([\\%_])', '\\\1', 'g') || '%'), ' AND ')
        FROM unnest(terms) AS term
    );
BEGIN
    IF organization IS NOT NULL AND conditions IS NOT NULL THEN
        RETURN QUERY EXECUTE 'SELECT id FROM families_person WHERE organization_id = $1 AND ' || conditions
            USING organization;
    END IF;
END
$$;
