package io.caravan.source.profile;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says without a stack trace which line of which vendor profile stops the start. */
final class ProfileFailureAnalyzer extends AbstractFailureAnalyzer<ProfileException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, ProfileException cause) {
        return new FailureAnalysis(
                "A vendor profile cannot be used: " + cause.getMessage(),
                "Correct the file, or take it out of the folder (caravan.source.profiles). Each key is explained in"
                        + " docs/adding-a-vendor-profile.md.",
                cause);
    }
}
