/**
 * The PostgreSQL that Caravan starts for itself when it is given none: for trying it out, kept over restarts.
 * Started by Spring Boot through META-INF/spring.factories; nobody calls it, everybody sees its properties.
 */
package io.caravan.support.embedded;
