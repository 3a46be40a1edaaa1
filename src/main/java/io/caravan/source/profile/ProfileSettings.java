package io.caravan.source.profile;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where an operator's own vendor profiles lie: {@code caravan.source.profiles}.
 *
 * @param profiles a folder of {@code <name>.yaml}; null or empty: only the built-in ones
 */
@ConfigurationProperties("caravan.source")
record ProfileSettings(Path profiles) {

    ProfileSettings {
        profiles = profiles == null || profiles.toString().isEmpty() ? null : profiles;
    }
}
