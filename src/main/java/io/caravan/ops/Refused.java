package io.caravan.ops;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import org.springframework.security.access.AccessDeniedException;

/** A request that its caller may not make, with the answer it gets: 404 where not even the id may be known. */
class Refused extends AccessDeniedException {

    private final transient CaravanException answer;

    private Refused(CaravanException answer) {
        super(answer.getMessage());
        this.answer = answer;
    }

    static Refused malformedOrganization() {
        return new Refused(new CaravanException(ErrorCode.MALFORMED_ID, "That is not the id of an organization."));
    }

    static Refused unknownOrganization(String id) {
        return new Refused(CaravanException.notFound("organization", id));
    }

    static Refused role(String needed) {
        return new Refused(new CaravanException(ErrorCode.FORBIDDEN, "This needs the role " + needed + "."));
    }

    CaravanException answer() {
        return answer;
    }
}
