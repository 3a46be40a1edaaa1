/**
 * The steps of the export routes: from a trigger to a planned, then settled run.
 * Flow floor; never imports {@code pull} or {@code deliver}: they meet by route name.
 */
package io.caravan.export;
