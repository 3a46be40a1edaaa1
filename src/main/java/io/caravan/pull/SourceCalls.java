package io.caravan.pull;

import io.caravan.connection.AccessTokens;
import io.caravan.connection.TokenException;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.run.Lease;
import io.caravan.run.Leases;
import io.caravan.source.SourceClient;
import io.caravan.source.SourceClient.Request;
import io.caravan.source.SourceException;
import io.caravan.source.profile.SourceProfile.Kind;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.support.secret.Secret;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The one place where a pull asks its source: the lease is checked, the token fetched, the request sent. */
@Component
class SourceCalls {

    private static final int UNAUTHORIZED = 401;

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
        // The server has yet to say whose it is.
        String profile = pull.profile().equals(SourceProfiles.AUTO) ? SourceProfiles.DEFAULT : pull.profile();
        Map<String, String> headers = profiles.get(profile).headers().of(Kind.METADATA);
        return answer(pull, pull.connectionId(), pull.fhirBaseUrl(), pull.fhirBaseUrl() + "/metadata", headers);
    }

    /**
     * One answer for a task.
     *
     * @param kind what is asked for, by which the source's profile chooses the headers
     * @param url absolute, sent byte for byte
     * @throws TokenException where there is no token to ask with: that concerns the whole pull
     */
    byte[] get(ClaimedTask task, Kind kind, String url) {
        Map<String, String> headers = profiles.get(task.profile()).headers().of(kind);
        return answer(task, task.connectionId(), task.fhirBaseUrl(), url, headers)
                .body();
    }

    /** A token that the source refuses is refreshed, once; one that it refuses then ends the connection (sources.md 16). */
    private SourceClient.Answer answer(
            Lease lease, String connectionId, String baseUrl, String url, Map<String, String> headers) {
        leases.check(lease);
        Optional<Secret> token = tokens.current(lease.orgId(), connectionId);
        Request request = new Request(baseUrl, url, headers, token);
        try {
            return send(lease, request);
        } catch (SourceException e) {
            if (!refusesToken(request, e)) {
                throw e;
            }
        }
        Secret other = tokens.instead(lease.orgId(), connectionId, token);
        try {
            return send(lease, request.with(other));
        } catch (SourceException e) {
            throw refusesToken(request, e) ? tokens.rejected(lease.orgId(), connectionId, other) : e;
        }
    }

    /** Checked again: a refresh takes its time. */
    private SourceClient.Answer send(Lease lease, Request request) {
        leases.check(lease);
        return source.answer(request);
    }

    private static boolean refusesToken(Request request, SourceException answered) {
        return answered.status() == UNAUTHORIZED && request.own();
    }
}
