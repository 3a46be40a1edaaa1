package io.caravan.support.net;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says without a stack trace which file of certificates stops the start. */
final class CaCertificatesFailureAnalyzer extends AbstractFailureAnalyzer<CaCertificatesException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, CaCertificatesException cause) {
        return new FailureAnalysis(
                "The extra CA certificates cannot be used: " + cause.getMessage(),
                "Let %s name a PEM file (-----BEGIN CERTIFICATE-----) that Caravan may read, or a folder of such files"
                                .formatted(TrustSettings.SETTING)
                        + " (*.pem, *.crt, *.cer); or leave it empty.",
                cause);
    }
}
