package io.caravan.pull;

import io.caravan.connection.AccessTokens;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.run.Leases;
import io.caravan.source.SourceClient;
import io.caravan.source.SourceException;
import io.caravan.source.profile.SourceProfile.Kind;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.support.ErrorCode;
import io.caravan.support.payload.Payload;
import io.caravan.support.secret.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * The one place where a pull asks its source: the lease is checked, and that the source can be asked; the token fetched,
 * the request sent. What the source then asks to wait is kept for all that is asked of it.
 */
@Component
class SourceCalls {

    private final SourceClient source;
    private final AccessTokens tokens;
    private final Leases leases;
    private final SourceRests rests;
    private final Patience patience;
    private final SourceProfiles profiles;

    SourceCalls(
            SourceClient source,
            AccessTokens tokens,
            Leases leases,
            SourceRests rests,
            Patience patience,
            SourceProfiles profiles) {
        this.source = source;
        this.tokens = tokens;
        this.leases = leases;
        this.rests = rests;
        this.patience = patience;
        this.profiles = profiles;
    }

    /** The source's CapabilityStatement, and what its clock says. */
    SourceClient.Answer metadata(ClaimedPull pull) {
        leases.check(pull);
        rests.check(pull.orgId(), pull.sourceId());
        // The server has yet to say whose it is.
        String profile = pull.profile().equals(SourceProfiles.AUTO) ? SourceProfiles.DEFAULT : pull.profile();
        Map<String, String> headers = profiles.get(profile).headers().of(Kind.METADATA);
        String url = pull.fhirBaseUrl() + "/metadata";
        return heeding(
                pull.orgId(),
                pull.sourceId(),
                e -> patience.held(profile, e, pull.attempts()),
                () -> answer(pull.orgId(), pull.connectionId(), pull.fhirBaseUrl(), url, headers, source::answer));
    }

    /**
     * One answer for a task that has leave for this request, from its claim or from the page before.
     *
     * @param kind what is asked for, by which the source's profile chooses the headers
     * @param url absolute, sent byte for byte
     * @return to be closed by the caller
     */
    Payload get(PullTask task, Kind kind, String url) {
        return get(task, kind, url, source::answer).body();
    }

    /** The same for a Binary, of which no more is read than is wanted. */
    SourceClient.Answer binary(PullTask task, String url, SourceClient.Appetite appetite) {
        return get(task, Kind.BINARY, url, request -> source.answer(request, appetite));
    }

    private SourceClient.Answer get(
            PullTask task, Kind kind, String url, Function<SourceClient.Request, SourceClient.Answer> asking) {
        ClaimedTask claim = task.claim();
        leases.check(claim);
        rests.check(claim.orgId(), claim.sourceId());
        Map<String, String> headers = profiles.get(claim.profile()).headers().of(kind);
        return heeding(
                claim.orgId(),
                claim.sourceId(),
                e -> patience.held(claim.profile(), e, task.tries()),
                () -> answer(claim.orgId(), claim.connectionId(), claim.fhirBaseUrl(), url, headers, asking));
    }

    /** One answer for a task that sends many requests of its own, and takes leave for each. */
    Payload ask(PullTask task, Kind kind, String url) {
        rests.take(task.claim().orgId(), task.claim().sourceId());
        return get(task, kind, url);
    }

    private SourceClient.Answer answer(
            String orgId,
            String connectionId,
            String baseUrl,
            String url,
            Map<String, String> headers,
            Function<SourceClient.Request, SourceClient.Answer> asking) {
        Optional<Secret> token = tokens.current(orgId, connectionId);
        try {
            return asking.apply(new SourceClient.Request(baseUrl, url, headers, token));
        } catch (SourceException e) {
            if (e.code() != ErrorCode.SOURCE_UNAUTHORIZED) {
                throw e;
            }
            Secret other = tokens.instead(orgId, connectionId, token);
            return lastAnswer(
                    orgId, connectionId, new SourceClient.Request(baseUrl, url, headers, Optional.of(other)), asking);
        }
    }

    /** A source that refuses the token which was got in place of the one it refused gets no third (sources.md 16). */
    private SourceClient.Answer lastAnswer(
            String orgId,
            String connectionId,
            SourceClient.Request request,
            Function<SourceClient.Request, SourceClient.Answer> asking) {
        try {
            return asking.apply(request);
        } catch (SourceException e) {
            throw e.code() == ErrorCode.SOURCE_UNAUTHORIZED
                    ? tokens.rejected(orgId, connectionId, request.token().orElseThrow())
                    : e;
        }
    }

    private <T> T heeding(
            String orgId, String sourceId, Function<SourceException, Optional<Duration>> held, Supplier<T> request) {
        try {
            return request.get();
        } catch (SourceException e) {
            held.apply(e).ifPresent(wait -> rests.hold(orgId, sourceId, wait));
            throw e;
        }
    }
}
