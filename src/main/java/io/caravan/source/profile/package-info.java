/**
 * Vendor profiles: how a kind of source is asked, as data ({@code sources/*.yaml}, docs/adding-a-vendor-profile.md).
 * Record floor; used by {@code source}, the flow and the edge floors.
 */
package io.caravan.source.profile;
