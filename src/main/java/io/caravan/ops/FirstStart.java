package io.caravan.ops;

import io.caravan.organization.Accounts;
import io.caravan.organization.Accounts.Account;
import io.caravan.organization.ApiKeys;
import io.caravan.organization.Organizations;
import io.caravan.support.Ids;
import io.caravan.support.PrivateFiles;
import io.caravan.support.paging.Paging;
import io.caravan.support.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Makes, before the first request, what is needed to get in: an organization and an operator. One node at a time; what
 * is there is kept, unless a password or key is given, which then replaces the stored one.
 */
@Component
class FirstStart implements SmartInitializingSingleton {

    private static final Logger log = LoggerFactory.getLogger(FirstStart.class);
    private static final String OPERATOR = "operator";
    private static final long LOCK = 0x43617261_76616e01L;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final Organizations organizations;
    private final Accounts accounts;
    private final ApiKeys keys;
    private final FirstStartSettings settings;
    private final BCryptPasswordEncoder bcrypt = new BCryptPasswordEncoder();

    FirstStart(
            JdbcClient jdbc,
            TransactionOperations transaction,
            Organizations organizations,
            Accounts accounts,
            ApiKeys keys,
            FirstStartSettings settings) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.organizations = organizations;
        this.accounts = accounts;
        this.keys = keys;
        this.settings = settings;
    }

    @Override
    public void afterSingletonsInstantiated() {
        transaction.executeWithoutResult(status -> {
            jdbc.sql("SELECT pg_advisory_xact_lock(:lock)::text")
                    .param("lock", LOCK)
                    .query(String.class)
                    .single();
            prepareOrganization();
            preparePassword();
            prepareKey();
        });
    }

    private void prepareOrganization() {
        if (organizations.list(Paging.first()).data().isEmpty()) {
            log.info(
                    "Made the organization default ({})",
                    organizations.create("default").id());
        }
    }

    private void preparePassword() {
        Optional<Account> account = accounts.find(OPERATOR);
        Optional<Secret> given = settings.operator().givenPassword();
        if (given.isPresent()) {
            if (account.isEmpty() || !bcrypt.matches(given.get().reveal(), hash(account.get()))) {
                setPassword(given.get());
            }
        } else if (account.isEmpty()) {
            Secret made = Secret.of(UUID.randomUUID().toString());
            setPassword(made);
            keep("operator-password", made);
        }
    }

    private void prepareKey() {
        Optional<Secret> given = settings.operator().givenKey();
        if (given.isPresent()) {
            keys.setOperatorKey(given.get());
        } else if (!keys.hasOperatorKey()) {
            Secret made = ApiKeys.newSecret(Ids.next("key"));
            keys.setOperatorKey(made);
            keep("operator-key", made);
        }
    }

    private void setPassword(Secret password) {
        if (password.reveal().getBytes(StandardCharsets.UTF_8).length > SignIn.MAX_BYTES) {
            throw new IllegalStateException("CARAVAN_OPERATOR_PASSWORD may have at most 72 bytes");
        }
        accounts.setOperator(OPERATOR, Secret.of(bcrypt.encode(password.reveal())));
    }

    /** Before the transaction commits: a start that is interrupted in between makes another one, and another file. */
    private void keep(String name, Secret secret) {
        Path file = settings.dataDir().resolve(name);
        try {
            Files.deleteIfExists(file);
            PrivateFiles.create(file, secret.reveal() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
        log.info("Made the {}: it is in {}", name.replace('-', ' '), file.normalize());
    }

    private static String hash(Account account) {
        return account.passwordHash().reveal();
    }
}
