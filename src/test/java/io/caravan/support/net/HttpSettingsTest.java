package io.caravan.support.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Import;

class HttpSettingsTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Beans.class);

    @Test
    void without_settings_the_defaults_hold() {
        runner.run(context -> {
            HttpSettings settings = context.getBean(HttpSettings.class);
            assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(settings.responseTimeout()).isEqualTo(Duration.ofSeconds(120));
            assertThat(settings.maxConnectionsPerRoute()).isEqualTo(20);
            assertThat(settings.allow()).isEmpty();
            assertThat(settings.proxy()).isNull();
            assertThat(context.getBean(NetworkSettings.class).network()).isEqualTo(NetworkMode.SELF_HOSTED);
            assertThat(context).hasSingleBean(GuardedHttpClients.class);
        });
    }

    @Test
    void settings_are_read_as_they_are_written() {
        runner.withPropertyValues(
                        "caravan.network=shared", "caravan.http.allow=localhost, 10.0.0.0/8", "caravan.http.proxy=")
                .run(context -> {
                    assertThat(context.getBean(NetworkSettings.class).network()).isEqualTo(NetworkMode.SHARED);
                    assertThat(context.getBean(HttpSettings.class).allow()).containsExactly("localhost", "10.0.0.0/8");
                    assertThat(context.getBean(HttpSettings.class).proxy()).isNull();
                });
    }

    @Test
    void a_malformed_entry_stops_the_start() {
        runner.withPropertyValues("caravan.http.allow=10.0.0.0/99")
                .run(context -> assertThat(context).hasFailed());
    }

    @EnableConfigurationProperties({HttpSettings.class, NetworkSettings.class, TrustSettings.class})
    @Import({NetworkGuard.class, GuardedHttpClients.class, Permits.class, Trust.class})
    static class Beans {}
}
