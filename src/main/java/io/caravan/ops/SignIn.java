package io.caravan.ops;

import io.caravan.organization.Accounts;
import io.caravan.organization.Accounts.Account;
import io.caravan.organization.Caller;
import io.caravan.support.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/** People sign in with their account's name and password. Failed attempts are throttled. */
@Component
class SignIn implements AuthenticationProvider {

    /** What bcrypt reads of a password. */
    static final int MAX_BYTES = 72;

    private final Accounts accounts;
    private final FailedSignIns failed;
    private final BCryptPasswordEncoder bcrypt = new BCryptPasswordEncoder();
    private final Secret nobodys = Secret.of(bcrypt.encode("nobody's"));

    SignIn(Accounts accounts, FailedSignIns failed) {
        this.accounts = accounts;
        this.failed = failed;
    }

    static Authentication authenticated(Caller caller) {
        return UsernamePasswordAuthenticationToken.authenticated(
                caller,
                null,
                AuthorityUtils.createAuthorityList(
                        "ROLE_" + caller.role().name().toUpperCase(Locale.ROOT)));
    }

    @Override
    public Authentication authenticate(Authentication attempt) {
        String who = attempt.getName() + "|" + address(attempt);
        if (failed.tooMany(who)) {
            throw new LockedException("Too many failed attempts; try again in some minutes");
        }
        Optional<Account> account = accounts.find(attempt.getName());
        if (!matches(attempt, account)) {
            failed.add(who);
            throw new BadCredentialsException("Name or password is wrong");
        }
        failed.forget(who);
        return authenticated(account.orElseThrow().caller());
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }

    /** An unknown name takes as long as a wrong password. */
    private boolean matches(Authentication attempt, Optional<Account> account) {
        String password = String.valueOf(attempt.getCredentials());
        String hash = account.map(Account::passwordHash).orElse(nobodys).reveal();
        return bcrypt.matches(password, hash)
                && account.isPresent()
                && password.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    private static String address(Authentication attempt) {
        return attempt.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress() : "";
    }
}
