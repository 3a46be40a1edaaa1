package io.caravan.organization;

import java.io.Serializable;

/**
 * Who makes a request: an API key (its id) or a person (their account's name).
 *
 * @param orgId the one organization it is valid in; null for an operator, who is valid in all
 */
public record Caller(String name, String orgId, Role role) implements Serializable {

    /** Whether anything of this organization may be known to the caller at all. */
    public boolean belongsTo(String organization) {
        return orgId == null ? role == Role.OPERATOR : orgId.equals(organization);
    }
}
