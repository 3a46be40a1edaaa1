package io.caravan.organization;

import io.caravan.support.secret.Secret;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The people who sign in on the dashboard. */
@Repository
public class Accounts {

    private final JdbcClient jdbc;

    Accounts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An account with the bcrypt hash of its password. */
    public record Account(Caller caller, Secret passwordHash) {}

    private record Row(String name, String orgId, Role role, String passwordHash) {}

    public Optional<Account> find(String name) {
        return jdbc.sql("SELECT name, org_id, upper(role) AS role, password_hash FROM account WHERE name = :name")
                .param("name", name)
                .query(Row.class)
                .optional()
                .map(row ->
                        new Account(new Caller(row.name(), row.orgId(), row.role()), Secret.of(row.passwordHash())));
    }

    /** Makes the account of the person who runs Caravan, or gives it another password. */
    public void setOperator(String name, Secret passwordHash) {
        jdbc.sql("""
                        INSERT INTO account (name, role, password_hash)
                        VALUES (:name, 'operator', :hash)
                        ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash""").param("name", name).param("hash", passwordHash.reveal()).update();
    }
}
