package io.caravan.organization;

import io.caravan.support.CaravanException;
import io.caravan.support.Checks;
import io.caravan.support.Ids;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import io.caravan.support.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** API keys. A key is random, shown once and stored as its SHA-256. */
@Repository
public class ApiKeys {

    private static final String COLUMNS = " id, org_id, name, upper(role) AS role, created_at, revoked_at ";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final JdbcClient jdbc;

    ApiKeys(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A key and the secret that is never seen again. */
    public record Created(ApiKey key, Secret secret) {}

    /** A key of one organization; {@code role} is {@code viewer} or {@code manager}. */
    public Created create(String orgId, String name, String role) {
        new Checks()
                .text("name", name, 200)
                .text("role", role, 20)
                .oneOf("role", role, Set.of("viewer", "manager"))
                .done();
        String id = Ids.next("key");
        Secret secret = newSecret(id);
        ApiKey key = jdbc.sql("""
                        INSERT INTO api_key (id, org_id, name, role, secret_hash)
                        VALUES (:id, :org, :name, :role, :hash)
                        RETURNING""" + COLUMNS)
                .param("id", id)
                .param("org", orgId)
                .param("name", name)
                .param("role", role)
                .param("hash", hash(secret))
                .query(ApiKey.class)
                .single();
        return new Created(key, secret);
    }

    /** The caller that a presented key stands for; empty where it is unknown or revoked. */
    public Optional<Caller> authenticate(Secret presented) {
        return jdbc.sql("""
                        SELECT id AS name, org_id, upper(role) AS role
                          FROM api_key
                         WHERE secret_hash = :hash AND revoked_at IS NULL""").param("hash", hash(presented)).query(Caller.class).optional();
    }

    /** Oldest first, revoked ones included. */
    public Slice<ApiKey> list(String orgId, Paging paging) {
        List<ApiKey> keys = jdbc.sql("SELECT" + COLUMNS + """
                          FROM api_key
                         WHERE org_id = :org AND id > COALESCE(:after, '')
                         ORDER BY id
                         LIMIT :fetch""")
                .param("org", orgId)
                .param("after", paging.after())
                .param("fetch", paging.fetch())
                .query(ApiKey.class)
                .list();
        return paging.slice(keys, ApiKey::id);
    }

    /** Ends a key's validity; a revoked one stays as it is. */
    public void revoke(String orgId, String id) {
        int known = jdbc.sql("""
                        UPDATE api_key
                           SET revoked_at = COALESCE(revoked_at, now())
                         WHERE org_id = :org AND id = :id""").param("org", orgId).param("id", id).update();
        if (known == 0) {
            throw CaravanException.notFound("API key", id);
        }
    }

    /** Whether an operator's key exists: it does from the first start on. */
    public boolean hasOperatorKey() {
        return jdbc.sql("SELECT EXISTS (SELECT FROM api_key WHERE org_id IS NULL AND revoked_at IS NULL)")
                .query(Boolean.class)
                .single();
    }

    /** Makes {@code secret} the one operator's key; whatever was it before is not any more. */
    public void setOperatorKey(Secret secret) {
        jdbc.sql("""
                        DELETE FROM api_key
                         WHERE org_id IS NULL AND secret_hash <> :hash""").param("hash", hash(secret)).update();
        jdbc.sql("""
                        INSERT INTO api_key (id, name, role, secret_hash)
                        VALUES (:id, 'operator', 'operator', :hash)
                        ON CONFLICT (secret_hash) DO NOTHING""").param("id", Ids.next("key")).param("hash", hash(secret)).update();
    }

    /** A new secret: {@code ck_<the id's digits>_<256 random bits>}. */
    public static Secret newSecret(String id) {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        return Secret.of("ck_" + id.substring(id.indexOf('_') + 1) + "_"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    private static byte[] hash(Secret secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.reveal().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
