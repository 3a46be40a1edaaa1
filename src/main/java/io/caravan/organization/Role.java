package io.caravan.organization;

import java.util.Locale;

/** What a caller may do; each role may do what the ones before it may. */
public enum Role {
    /** Reads within its organization. */
    VIEWER,
    /** Reads and changes within its organization. */
    MANAGER,
    /** Everything, in every organization. */
    OPERATOR;

    /** As it stands in JSON and in the database. */
    public static Role of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
