package io.caravan.support.secret;

/**
 * A column that holds what a {@link Sealer} sealed for row {@code <org_id>/<id>} of its table; null where a row has
 * nothing to hide. Whoever seals a column says so by a bean of this type: a rotation of the key reaches all of them.
 */
public interface SealedColumn {

    /** A table with the columns {@code org_id} and {@code id}. */
    String table();

    String column();
}
