package io.caravan.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.support.IfMatch;
import io.caravan.support.secret.Secret;
import io.caravan.testing.OAuthGrant;
import io.caravan.testing.TokenFault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Which token a source is asked with. */
class AccessTokensTest extends TokenCase {

    // --- one refresh

    @Test
    void fifty_waiters_of_a_node_make_one_refresh_and_hold_one_connection_to_the_database() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        String id = connected(grant, Instant.now().plusSeconds(30));
        oauth.fail(TokenFault.stall(), 1);

        List<Future<Secret>> waiters = waiters(node, id, 50);
        Awaitility.await().until(() -> requests().size() == 1 && waitingThreads() == 50);
        assertThat(node.connectionsInUse()).isEqualTo(1);
        oauth.release();

        Set<String> tokens = values(waiters);
        assertThat(tokens).hasSize(1).doesNotContain(grant.accessToken()).allMatch(oauth::accepts);
        assertThat(requests()).hasSize(1);
    }

    @Test
    void waiters_of_two_nodes_make_one_refresh() {
        String id =
                connected(oauth.grant(CLIENT, "patient/*.read"), Instant.now().plusSeconds(30));

        List<Future<Secret>> waiters = new ArrayList<>(waiters(node, id, 25));
        waiters.addAll(waiters(other, id, 25));

        assertThat(values(waiters)).hasSize(1).allMatch(oauth::accepts);
        assertThat(requests()).hasSize(1);
    }

    @Test
    void a_token_is_committed_before_anybody_has_it_and_each_refresh_uses_the_newest_refresh_token() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        String id = connected(grant, Instant.now());
        Set<String> used = new HashSet<>();
        for (TokenNode one : List.of(node, other, node, other)) {
            Secret token = one.tokens().current(flow.org(), id).orElseThrow();

            assertThat(stored(id).accessToken()).isEqualTo(token);
            assertThat(stored(id).expiresAt())
                    .isBetween(
                            Instant.now().plus(LIFE).minusSeconds(20),
                            Instant.now().plus(LIFE));
            assertThat(used.add(requests().get(requests().size() - 1).refreshToken()))
                    .isTrue();
            expire(id);
        }
        assertThat(requests()).hasSize(4).allMatch(request -> request.status() == 200);
        assertThat(used).contains(grant.refreshToken());
    }

    @Test
    void a_token_is_used_again_while_more_than_a_minute_is_left() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");

        assertThat(current(connected(grant, Instant.now().plusSeconds(75)))).isEqualTo(grant.accessToken());
        assertThat(requests()).isEmpty();
        assertThat(current(connected(grant, Instant.now().plusSeconds(55)))).isNotEqualTo(grant.accessToken());
        assertThat(requests()).hasSize(1);
    }

    @Test
    void a_token_of_unknown_life_and_one_without_a_refresh_token_are_used_until_they_are_refused() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        String unknown = connected(grant, null);
        String alone = connected(new ConnectionCredentials(
                Secret.of("alone"), Instant.now().minusSeconds(5), null, null, null, null, null, null));
        String open = connected(ConnectionCredentials.NONE);

        assertThat(current(unknown)).isEqualTo(grant.accessToken());
        assertThat(current(alone)).isEqualTo("alone");
        assertThat(node.tokens().current(flow.org(), open)).isEmpty();
        oauth.fail(TokenFault.answer(200, "application/json", "{\"access_token\":\"next\"}"), 1);
        assertThat(node.tokens()
                        .instead(flow.org(), unknown, Optional.of(Secret.of(grant.accessToken())))
                        .reveal())
                .isEqualTo("next");
        assertThat(stored(unknown).expiresAt()).isNull();
        assertThat(stored(unknown).refreshToken().reveal()).isEqualTo(grant.refreshToken());
        assertThat(current(unknown)).isEqualTo("next");
        assertThat(requests()).hasSize(1);
    }

    // --- 401

    @Test
    void a_refused_token_that_was_replaced_meanwhile_is_not_refreshed_again() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        String id = connected(grant, Instant.now().plus(LIFE));
        Optional<Secret> refused = Optional.of(Secret.of(grant.accessToken()));

        Secret next = other.tokens().instead(flow.org(), id, refused);

        assertThat(node.tokens().instead(flow.org(), id, refused)).isEqualTo(next);
        assertThat(requests()).hasSize(1);
        TokenException meanwhile = node.tokens().rejected(flow.org(), id, refused.get());
        assertThat(meanwhile.waiting()).contains(Duration.ZERO);
        assertThat(connection(id).active()).isTrue();
    }

    @Test
    void many_threads_whose_token_is_refused_make_one_refresh() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        String id = connected(grant, Instant.now().plus(LIFE));
        Optional<Secret> refused = Optional.of(Secret.of(grant.accessToken()));
        List<Future<Secret>> waiters = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            TokenNode one = i % 2 == 0 ? node : other;
            waiters.add(threads.submit(() -> one.tokens().instead(flow.org(), id, refused)));
        }

        assertThat(values(waiters))
                .hasSize(1)
                .doesNotContain(grant.accessToken())
                .allMatch(oauth::accepts);
        assertThat(requests()).hasSize(1);
    }

    @Test
    void a_fresh_token_that_is_refused_and_a_refusal_with_nothing_to_refresh_end_the_connection() {
        String fresh = connected(oauth.grant(CLIENT, "patient/*.read"), Instant.now());
        Secret token = node.tokens().current(flow.org(), fresh).orElseThrow();
        reconnectNeeded(node.tokens().rejected(flow.org(), fresh, token));
        lost(fresh, "source_unauthorized", "The source no longer accepts the token.");

        String alone =
                connected(new ConnectionCredentials(Secret.of("alone"), null, null, null, null, null, null, null));
        reconnectNeeded(failure(() -> node.tokens().instead(flow.org(), alone, Optional.of(Secret.of("alone")))));
        lost(alone, "source_unauthorized", "The source no longer accepts the token.");

        String open = connected(ConnectionCredentials.NONE);
        reconnectNeeded(failure(() -> node.tokens().instead(flow.org(), open, Optional.empty())));
        lost(open, "source_unauthorized", "The source asks for a token, and this connection has none.");
    }

    // --- scopes

    @Test
    void what_is_granted_no_more_is_missing_and_what_is_granted_again_is_not() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read", "patient/Observation.read");
        String id = connected(
                new Grant("patient/*.read", "patient/*.read offline_access", credentials(grant, Instant.now())));
        assertThat(connection(id).missingScopes()).containsExactly("offline_access");

        oauth.narrow(grant.refreshToken(), "patient/Observation.read");
        current(id);
        assertThat(grantVersion(id)).as("nothing new can be read").isEqualTo(1);
        assertThat(connection(id).scope()).isEqualTo("patient/Observation.read");
        assertThat(connection(id).requestedScope()).isEqualTo("patient/*.read offline_access");
        assertThat(connection(id).missingScopes()).containsExactly("patient/*.read", "offline_access");

        oauth.narrow(stored(id).refreshToken().reveal(), "patient/*.read");
        expire(id);
        int before = grantVersion(id);
        current(id);
        assertThat(grantVersion(id)).as("what could not be read may be old").isEqualTo(before + 1);
        assertThat(connection(id).missingScopes()).containsExactly("offline_access");

        Grant again = new Grant("patient/*.read", "patient/*.read", credentials(grant, Instant.now()));
        node.connections().reconnect(flow.org(), id, again, new IfMatch(null));
        assertThat(connection(id).missingScopes()).isEmpty();
    }

    private static int grantVersion(String id) {
        return flow.jdbc()
                .sql("SELECT grant_version FROM connection WHERE id = ?")
                .param(id)
                .query(Integer.class)
                .single();
    }
}
