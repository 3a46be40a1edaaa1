package io.caravan.source;

import static io.caravan.source.SourceException.Outcome.FAILED;
import static io.caravan.source.SourceException.Outcome.REFUSED;
import static io.caravan.source.SourceException.Outcome.UNSUPPORTED;

import io.caravan.source.SourceException.Outcome;
import io.caravan.support.ErrorCode;

/**
 * What an HTTP status other than 200 says about a query (sources.md 16); pure.
 *
 * @param again whether the next try may succeed
 * @param words end of the sentence "The source answered …"
 */
record StatusMeaning(ErrorCode code, Outcome outcome, boolean again, String words) {

    static StatusMeaning of(int status) {
        return switch (status) {
            case 401 ->
                ends(
                        ErrorCode.SOURCE_UNAUTHORIZED,
                        FAILED,
                        ": the access token is missing, wrong or expired. Ask the patient to reconnect.");
            case 403, 451 -> ends(ErrorCode.SOURCE_REFUSED, REFUSED, ": this grant does not allow it.");
            case 404, 405, 410, 501 -> ends(ErrorCode.SOURCE_UNSUPPORTED, UNSUPPORTED, ": it does not offer this.");
            case 400, 422 -> ends(ErrorCode.SOURCE_REFUSED, FAILED, ": it does not understand the query.");
            case 406, 415 ->
                ends(
                        ErrorCode.SOURCE_REFUSED,
                        FAILED,
                        ": it has no answer in a form that it was asked for (headers of its profile).");
            case 413, 414, 431 ->
                ends(ErrorCode.SOURCE_REFUSED, FAILED, ": the query or its headers are too long for it.");
            case 429, 503 -> passes(ErrorCode.SOURCE_THROTTLED);
            case 408, 425 -> passes(ErrorCode.SOURCE_ERROR);
            case 505 -> ends(ErrorCode.SOURCE_ERROR, FAILED, ".");
            default -> ofRange(status);
        };
    }

    private static StatusMeaning ofRange(int status) {
        return switch (status / 100) {
            case 2 -> ends(ErrorCode.SOURCE_NOT_FHIR, FAILED, ", which is no page.");
            case 3 -> ends(ErrorCode.REDIRECT_REFUSED, FAILED, ", a redirect that says of no address where it leads.");
            case 5 -> passes(ErrorCode.SOURCE_ERROR); // 52x are proxies that cannot reach it
            default -> ends(ErrorCode.SOURCE_ERROR, FAILED, ".");
        };
    }

    private static StatusMeaning ends(ErrorCode code, Outcome outcome, String words) {
        return new StatusMeaning(code, outcome, false, words);
    }

    private static StatusMeaning passes(ErrorCode code) {
        return new StatusMeaning(code, FAILED, true, ".");
    }
}
