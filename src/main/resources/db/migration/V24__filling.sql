-- How a run is cut: rows fill one part after the other, and none goes above its target unless it is a single row. A sum
-- cannot say that, for what a part leaves free depends on all rows before it.

-- state: the number of the part, from 1, and what is in it
CREATE FUNCTION fill_next(state bigint[], weight bigint, target bigint) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF state[2] > 0 AND state[2] + weight > target THEN
        RETURN ARRAY[state[1] + 1, weight];
    END IF;
    RETURN ARRAY[state[1], state[2] + weight];
END
$$;

CREATE FUNCTION fill_part(state bigint[]) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT CAST(state[1] AS int)';

-- Over an ordered window: which part a row is in.
CREATE AGGREGATE filled_part (weight bigint, target bigint)
    (SFUNC = fill_next, STYPE = bigint[], INITCOND = '{1,0}', FINALFUNC = fill_part, PARALLEL = SAFE);
