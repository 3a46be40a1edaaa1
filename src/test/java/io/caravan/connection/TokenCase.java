package io.caravan.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravan.support.IfMatch;
import io.caravan.support.secret.Secret;
import io.caravan.testing.Flow;
import io.caravan.testing.OAuthGrant;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.TestDatabase;
import io.caravan.testing.TokenRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Two nodes on one database, and an authorization server whose refresh tokens can be used once. */
abstract class TokenCase {

    static final String CLIENT = "caravan";
    static final Secret CLIENT_SECRET = Secret.of("client-secret");
    static final Duration LIFE = Duration.ofMinutes(5);

    private static TestDatabase database;
    static OAuthServer oauth;
    static TokenNode node;
    static TokenNode other;
    static Flow flow;

    final ExecutorService threads = Executors.newCachedThreadPool();
    private int asked;

    @BeforeAll
    static void start() {
        database = TestDatabase.migrated();
        oauth = OAuthServer.start();
        oauth.confidentialClient(CLIENT, CLIENT_SECRET.reveal(), LIFE);
        node = TokenNode.start(database, "--caravan.oauth.exchange-limit=20s");
        other = TokenNode.start(database, "--caravan.oauth.exchange-limit=2s");
        flow = Flow.create(database.asApp());
    }

    @AfterAll
    static void stop() {
        node.close();
        other.close();
        oauth.close();
        database.drop();
    }

    @BeforeEach
    void count() {
        asked = oauth.requests().size();
    }

    @AfterEach
    void clear() {
        oauth.clearFaults();
        oauth.release();
        threads.shutdownNow();
    }

    String connected(OAuthGrant grant, Instant expiresAt) {
        return connected(credentials(grant, expiresAt));
    }

    static String connected(ConnectionCredentials credentials) {
        return connected(new Grant(null, null, credentials));
    }

    static String connected(Grant grant) {
        return node.connections()
                .connect(
                        flow.org(),
                        new ConnectionDraft(
                                flow.source(),
                                "patient-" + System.nanoTime(),
                                grant.scope(),
                                grant.requestedScope(),
                                grant.credentials()))
                .connection()
                .id();
    }

    static ConnectionCredentials credentials(OAuthGrant grant, Instant expiresAt) {
        return new ConnectionCredentials(
                Secret.of(grant.accessToken()),
                expiresAt,
                Secret.of(grant.refreshToken()),
                oauth.tokenEndpoint().toString(),
                CLIENT,
                CLIENT_SECRET,
                null,
                null);
    }

    static String current(String id) {
        return node.tokens().current(flow.org(), id).orElseThrow().reveal();
    }

    List<Future<Secret>> waiters(TokenNode one, String id, int count) {
        List<Future<Secret>> waiters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waiters.add(
                    threads.submit(() -> one.tokens().current(flow.org(), id).orElseThrow()));
        }
        return waiters;
    }

    static Set<String> values(List<Future<Secret>> waiters) {
        Set<String> values = new HashSet<>();
        for (Future<Secret> waiter : waiters) {
            try {
                values.add(waiter.get().reveal());
            } catch (ExecutionException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return values;
    }

    /** Threads that wait for a refresh: the one that asks, and those that wait for it. */
    static long waitingThreads() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> List.of(stack).stream()
                        .anyMatch(frame -> frame.getClassName().equals(SingleFlight.class.getName())))
                .count();
    }

    List<TokenRequest> requests() {
        List<TokenRequest> all = oauth.requests();
        return all.subList(asked, all.size());
    }

    static Connection connection(String id) {
        return node.connections().get(flow.org(), id);
    }

    static ConnectionCredentials stored(String id) {
        return other.rows().read(flow.org(), id).credentials();
    }

    /** Its access token has ended. */
    void expire(String id) {
        ConnectionCredentials now = stored(id);
        node.connections()
                .reconnect(
                        flow.org(),
                        id,
                        new Grant(
                                null,
                                null,
                                new ConnectionCredentials(
                                        now.accessToken(),
                                        Instant.now(),
                                        now.refreshToken(),
                                        now.tokenEndpoint(),
                                        now.clientId(),
                                        now.clientSecret(),
                                        null,
                                        null)),
                        new IfMatch(null));
    }

    static void dueNow(String id) {
        database("UPDATE connection SET token_due_at = now() WHERE id = ?", id);
    }

    static void database(String sql, String id) {
        flow.jdbc().sql(sql).param(id).update();
    }

    static int waitingForLocks() {
        return flow.jdbc()
                .sql("SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                .query(Integer.class)
                .single();
    }

    /** Ends the sessions of refreshers that are silent in a transaction; how many there were. */
    static int killed() {
        return flow.jdbc().sql("""
                        SELECT count(pg_terminate_backend(pid))::int
                          FROM pg_stat_activity
                         WHERE state = 'idle in transaction' AND datname = current_database()""").query(Integer.class).single();
    }

    static TokenException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(TokenException.class, () -> {
            try {
                call.call();
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
    }

    static void reconnectNeeded(TokenException failure) {
        assertThat(failure.code().code()).isEqualTo("reconnect_needed");
        assertThat(failure).hasMessageEndingWith("Ask the patient to reconnect.");
        assertThat(failure.waiting()).isEmpty();
    }

    static void lost(String id, String code, String message) {
        Connection connection = connection(id);
        assertThat(connection.status()).isEqualTo("refresh_failed");
        assertThat(connection.nextPullAt()).isNull();
        assertThat(connection.trouble().code()).isEqualTo(code);
        assertThat(connection.trouble().message()).isEqualTo(message);
        assertThat(connection.trouble().since())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
    }
}
