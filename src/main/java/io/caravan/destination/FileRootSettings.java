package io.caravan.destination;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where destinations of type {@code file} may be: {@code caravan.file.*}.
 *
 * @param root an absolute path; null or blank where there are to be none
 */
@ConfigurationProperties("caravan.file")
record FileRootSettings(String root) {}
