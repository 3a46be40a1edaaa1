package io.caravan.api.idempotency;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The answers to POSTs with an {@code Idempotency-Key}, kept for a day; the clock is the database's. */
@Repository
class KeptAnswers {

    private static final String KEPT_FOR = "INTERVAL '24 hours'";
    // Longer than any request takes; a node that dies leaves its keys taken for so long.
    private static final String LONGEST_REQUEST = "INTERVAL '5 minutes'";

    private final JdbcClient jdbc;

    KeptAnswers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private record Row(byte[] request, Integer status, String mediaType, String location, String etag, String body) {

        KeptAnswer answer() {
            return new KeptAnswer(status, mediaType, location, etag, body);
        }
    }

    /**
     * The answer that was given already; empty where the request is now taken, to be answered and then {@link #keep kept}
     * or {@link #release released}.
     *
     * @throws CaravanException {@link ErrorCode#IDEMPOTENCY_KEY_REUSED} where another request has this key,
     *     {@link ErrorCode#REQUEST_IN_PROGRESS} where this one is still being answered
     */
    Optional<KeptAnswer> take(Asked asked) {
        forgetSomeOldOnes();
        if (taken(asked)) {
            return Optional.empty();
        }
        Row row = find(asked).orElseThrow(KeptAnswers::inProgress);
        if (!Arrays.equals(row.request(), asked.digest())) {
            throw new CaravanException(
                    ErrorCode.IDEMPOTENCY_KEY_REUSED,
                    "This Idempotency-Key came with another request within a day: make up a new one for each.");
        }
        if (row.status() == null) {
            throw inProgress();
        }
        return Optional.of(row.answer());
    }

    private static CaravanException inProgress() {
        return new CaravanException(
                ErrorCode.REQUEST_IN_PROGRESS,
                "The first request with this Idempotency-Key is not answered yet: ask again soon.");
    }

    private void forgetSomeOldOnes() {
        jdbc.sql("""
                        DELETE FROM kept_answer
                         WHERE ctid = ANY (ARRAY(SELECT ctid FROM kept_answer
                                                  WHERE created_at < now() - %s
                                                  LIMIT 100 FOR UPDATE SKIP LOCKED))""".formatted(KEPT_FOR)).update();
    }

    private boolean taken(Asked asked) {
        return jdbc.sql("""
                        INSERT INTO kept_answer AS k (caller, key, org_id, path, request, taken_by, taken_until)
                        VALUES (:caller, :key, :org, :path, :request, :id, now() + %1$s)
                        ON CONFLICT (caller, key) DO UPDATE
                           SET org_id = excluded.org_id, path = excluded.path, request = excluded.request,
                               taken_by = excluded.taken_by, taken_until = excluded.taken_until, created_at = now(),
                               status = NULL, media_type = NULL, location = NULL, etag = NULL, body = NULL
                         WHERE k.created_at < now() - %2$s
                            OR (k.status IS NULL AND k.taken_until < now() AND k.request = excluded.request)""".formatted(LONGEST_REQUEST, KEPT_FOR))
                        .param("caller", asked.caller())
                        .param("key", asked.key())
                        .param("org", asked.org())
                        .param("path", asked.path())
                        .param("request", asked.digest())
                        .param("id", asked.id())
                        .update()
                == 1;
    }

    private Optional<Row> find(Asked asked) {
        return jdbc.sql("""
                        SELECT request, status, media_type, location, etag, body
                          FROM kept_answer
                         WHERE caller = :caller AND key = :key""")
                .param("caller", asked.caller())
                .param("key", asked.key())
                .query(Row.class)
                .optional();
    }

    /** What the taken request was answered. */
    void keep(Asked asked, KeptAnswer answer) {
        jdbc.sql("""
                        UPDATE kept_answer
                           SET status = :status, media_type = :mediaType, location = :location, etag = :etag, body = :body
                         WHERE caller = :caller AND key = :key AND taken_by = :id""")
                .param("caller", asked.caller())
                .param("key", asked.key())
                .param("id", asked.id())
                .param("status", answer.status())
                .param("mediaType", answer.mediaType())
                .param("location", answer.location())
                .param("etag", answer.etag())
                .param("body", answer.body())
                .update();
    }

    /** The taken request did nothing: sent again, it is judged anew. */
    void release(Asked asked) {
        jdbc.sql("""
                        DELETE FROM kept_answer
                         WHERE caller = :caller AND key = :key AND taken_by = :id AND status IS NULL""")
                .param("caller", asked.caller())
                .param("key", asked.key())
                .param("id", asked.id())
                .update();
    }
}
