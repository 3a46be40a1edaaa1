package io.caravan.pull;

import io.caravan.connection.AccessTokens;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.run.Leases;
import io.caravan.source.SourceClient;
import io.caravan.source.profile.SourceProfile.Kind;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.support.payload.Payload;
import io.caravan.support.secret.Secret;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The one place where a pull asks its source: the lease is checked, the token fetched, the request sent. */
@Component
class SourceCalls {

    private final SourceClient source;
    private final AccessTokens tokens;
    private final Leases leases;
    private final SourceProfiles profiles;

    SourceCalls(SourceClient source, AccessTokens tokens, Leases leases, SourceProfiles profiles) {
        this.source = source;
        this.tokens = tokens;
        this.leases = leases;
        this.profiles = profiles;
    }

    /** The source's CapabilityStatement, and what its clock says. */
    SourceClient.Answer metadata(ClaimedPull pull) {
        leases.check(pull);
        // The server has yet to say whose it is.
        String profile = pull.profile().equals(SourceProfiles.AUTO) ? SourceProfiles.DEFAULT : pull.profile();
        Map<String, String> headers = profiles.get(profile).headers().of(Kind.METADATA);
        return answer(pull.orgId(), pull.connectionId(), pull.fhirBaseUrl(), pull.fhirBaseUrl() + "/metadata", headers);
    }

    /**
     * One answer for a task.
     *
     * @param kind what is asked for, by which the source's profile chooses the headers
     * @param url absolute, sent byte for byte
     * @return to be closed by the caller
     */
    Payload get(ClaimedTask task, Kind kind, String url) {
        leases.check(task);
        Map<String, String> headers = profiles.get(task.profile()).headers().of(kind);
        return answer(task.orgId(), task.connectionId(), task.fhirBaseUrl(), url, headers)
                .body();
    }

    private SourceClient.Answer answer(
            String orgId, String connectionId, String baseUrl, String url, Map<String, String> headers) {
        Optional<Secret> token = tokens.current(orgId, connectionId);
        return source.answer(new SourceClient.Request(baseUrl, url, headers, token));
    }
}
