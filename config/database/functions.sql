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
