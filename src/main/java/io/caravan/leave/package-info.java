/**
 * The steps of the leave routes: what leaves when a patient leaves.
 * Flow floor; never imports {@code pull}, {@code export} or {@code deliver}: they meet by route name.
 */
package io.caravan.leave;
