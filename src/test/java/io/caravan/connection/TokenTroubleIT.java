package io.caravan.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.support.IfMatch;
import io.caravan.support.secret.Secret;
import io.caravan.testing.OAuthGrant;
import io.caravan.testing.TokenFault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of a connection whose token endpoint gives no token. */
class TokenTroubleIT extends TokenCase {

    // --- the grant ends

    @Test
    void an_ended_grant_ends_the_connection_until_the_patient_reconnects() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        String id = connected(grant, Instant.now());
        oauth.revoke(grant.refreshToken());

        reconnectNeeded(failure(() -> current(id)));
        lost(
                id,
                "invalid_grant",
                "The token endpoint answered invalid_grant: the grant has expired, was revoked or was used up.");
        reconnectNeeded(failure(() -> other.tokens().current(flow.org(), id)));
        assertThat(requests()).hasSize(1);

        OAuthGrant again = oauth.grant(CLIENT, "patient/*.read");
        node.connections()
                .reconnect(flow.org(), id, new Grant(null, null, credentials(again, Instant.now())), new IfMatch(null));
        assertThat(connection(id).active()).isTrue();
        assertThat(connection(id).trouble()).isNull();
        assertThat(connection(id).nextPullAt()).isNotNull();
        assertThat(oauth.accepts(current(id))).isTrue();
    }

    @Test
    void credentials_that_come_while_the_old_ones_are_found_ended_stay() throws Exception {
        OAuthGrant ended = oauth.grant(CLIENT, "patient/*.read");
        String id = connected(ended, Instant.now());
        oauth.fail(TokenFault.stall(), 1);
        Future<String> refresher = threads.submit(() -> current(id));
        Awaitility.await().until(() -> requests().size() == 1);
        oauth.revoke(ended.refreshToken());
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        Future<?> reconnect = threads.submit(() -> other.connections()
                .reconnect(
                        flow.org(),
                        id,
                        new Grant(null, null, credentials(grant, Instant.now().plus(LIFE))),
                        new IfMatch(null)));
        Awaitility.await().until(() -> waitingForLocks() == 1);

        oauth.release();
        reconnect.get();

        reconnectNeeded(failure(refresher::get));
        assertThat(connection(id).active()).isTrue();
        assertThat(current(id)).isEqualTo(grant.accessToken());
    }

    // --- the token endpoint fails

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 500, 502, 503})
    void an_endpoint_that_fails_without_a_reason_is_waited_for_by_all_nodes_and_nothing_ends(int status) {
        String id = connected(oauth.grant(CLIENT, "patient/*.read"), Instant.now());
        oauth.fail(TokenFault.status(status), 1);

        TokenException first = failure(() -> current(id));
        TokenException second = failure(() -> other.tokens().current(flow.org(), id));

        assertThat(first.code().code()).isEqualTo("token_error");
        assertThat(first.waiting().orElseThrow()).isEqualTo(Duration.ofSeconds(5));
        assertThat(second.waiting().orElseThrow()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
        assertThat(second).hasMessage("The token endpoint answered %d.".formatted(status));
        assertThat(requests()).hasSize(1);
        assertThat(connection(id).active()).isTrue();
        assertThat(connection(id).trouble().code()).isEqualTo("token_error");

        dueNow(id);
        assertThat(oauth.accepts(current(id))).isTrue();
        assertThat(connection(id).trouble()).isNull();
    }

    @Test
    void an_endpoint_that_does_not_answer_is_waited_for_longer_each_time_since_the_first() {
        String id = connected(oauth.grant(CLIENT, "patient/*.read"), Instant.now());
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            oauth.fail(TokenFault.drip(), 1);
            TokenException late = failure(() -> other.tokens().current(flow.org(), id));
            assertThat(late.code().code()).isEqualTo("token_timeout");
            waits.add(late.waiting().orElseThrow().toSeconds());
            dueNow(id);
        }

        assertThat(waits).containsExactly(5L, 10L, 20L);
        database("UPDATE connection SET error_since = now() - INTERVAL '24 hours' WHERE id = ?", id);
        oauth.fail(TokenFault.drip(), 1);
        TokenException over = failure(() -> other.tokens().current(flow.org(), id));
        assertThat(over.waiting()).as("after a day nobody waits any more").isEmpty();
        assertThat(over.code().code()).isEqualTo("token_timeout");
        assertThat(connection(id).active()).isTrue();
    }

    @Test
    void an_endpoint_that_asks_to_wait_is_not_asked_before_by_any_node() {
        String id = connected(oauth.grant(CLIENT, "patient/*.read"), Instant.now());
        oauth.fail(TokenFault.throttled(120), 1);

        assertThat(failure(() -> current(id)).waiting()).contains(Duration.ofSeconds(120));
        TokenException other = failure(() -> TokenCase.other.tokens().current(flow.org(), id));

        assertThat(other.code().code()).isEqualTo("token_throttled");
        assertThat(other.waiting().orElseThrow()).isBetween(Duration.ofSeconds(110), Duration.ofSeconds(120));
        assertThat(requests()).hasSize(1);
    }

    @Test
    void a_client_that_is_refused_ends_no_grant_and_is_for_a_person_to_mend() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        String id = connected(new ConnectionCredentials(
                Secret.of(grant.accessToken()),
                Instant.now(),
                Secret.of(grant.refreshToken()),
                oauth.tokenEndpoint().toString(),
                CLIENT,
                Secret.of("canary-wrong"),
                null,
                null));

        TokenException refused = failure(() -> current(id));

        assertThat(refused.code().code()).isEqualTo("token_refused");
        assertThat(refused.waiting()).isEmpty();
        assertThat(refused).hasMessageContaining("invalid_client").hasMessageNotContaining("canary");
        assertThat(failure(() -> current(id)).waiting()).isEmpty();
        assertThat(requests()).as("not asked again at once").hasSize(1);
        assertThat(connection(id).active()).isTrue();
    }

    @Test
    void an_answer_that_is_lost_after_the_rotation_is_tried_again_and_only_then_ends_the_grant() {
        String id = connected(oauth.grant(CLIENT, "patient/*.read"), Instant.now());
        oauth.fail(TokenFault.answerLost(), 1);

        assertThat(failure(() -> current(id)).code().code()).isEqualTo("token_unreachable");
        assertThat(connection(id).active()).isTrue();
        dueNow(id);
        reconnectNeeded(failure(() -> current(id)));
        assertThat(connection(id).trouble().code()).isEqualTo("invalid_grant");
    }

    // --- the database fails, or another node

    @Test
    void a_new_token_is_stored_although_the_refresher_lost_its_connection_to_the_database() throws Exception {
        String id = connected(oauth.grant(CLIENT, "patient/*.read"), Instant.now());
        oauth.fail(TokenFault.stall(), 1);
        Future<String> refresher = threads.submit(() -> current(id));
        Awaitility.await().until(() -> requests().size() == 1);

        assertThat(killed()).isEqualTo(1);
        oauth.release();

        assertThat(oauth.accepts(refresher.get())).isTrue();
        assertThat(stored(id).accessToken().reveal()).isEqualTo(refresher.get());
        assertThat(requests()).hasSize(1);
    }

    @Test
    void a_node_that_holds_the_row_for_too_long_is_not_waited_for() {
        String id = connected(oauth.grant(CLIENT, "patient/*.read"), Instant.now());
        oauth.fail(TokenFault.stall(), 1);
        threads.submit(() -> current(id));
        Awaitility.await().until(() -> requests().size() == 1);

        TokenException busy = failure(() -> other.tokens().current(flow.org(), id));

        assertThat(busy.waiting()).contains(Duration.ofSeconds(5));
        assertThat(busy.code().code()).isEqualTo("token_timeout");
        assertThat(connection(id).active()).isTrue();
    }
}
