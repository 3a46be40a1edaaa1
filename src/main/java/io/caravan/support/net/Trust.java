package io.caravan.support.net;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Whose certificates servers may show: the JVM's authorities, and those of {@code caravan.http.ca-certificates} besides. */
@Component
final class Trust {

    private static final Logger log = LoggerFactory.getLogger(Trust.class);

    private final TrustManager[] managers;
    private final SSLContext context;

    @Autowired
    Trust(TrustSettings settings) {
        this(settings.caCertificates() == null ? List.of() : CaCertificates.read(settings.caCertificates()));
        if (settings.caCertificates() != null) {
            log.info("Servers are trusted by the extra certificates of {} too", settings.caCertificates());
        }
    }

    private Trust(List<Certificate> extra) {
        try {
            this.context = SSLContext.getInstance("TLS");
            this.managers = managers(extra);
            this.context.init(null, managers, null);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    /** The JVM's own authorities alone. */
    static Trust ofTheJvm() {
        return new Trust(List.of());
    }

    /** How many there are. */
    int authorities() {
        return issuers(managers).size();
    }

    /** How a connection becomes a TLS one: certificate and host name are checked. */
    TlsSocketStrategy strategy() {
        return new DefaultClientTlsStrategy(context);
    }

    /** One manager over all, for it is one path that has to be found. */
    private static TrustManager[] managers(List<Certificate> extra) throws GeneralSecurityException, IOException {
        TrustManagerFactory own = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        own.init((KeyStore) null);
        if (extra.isEmpty()) {
            return own.getTrustManagers();
        }
        KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
        all.load(null, null);
        int number = 0;
        for (X509Certificate certificate : issuers(own.getTrustManagers())) {
            all.setCertificateEntry("jvm-" + number++, certificate);
        }
        for (Certificate certificate : extra) {
            all.setCertificateEntry("extra-" + number++, certificate);
        }
        TrustManagerFactory both = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        both.init(all);
        return both.getTrustManagers();
    }

    private static List<X509Certificate> issuers(TrustManager... managers) {
        return Arrays.stream(managers)
                .filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
                .toList();
    }
}
