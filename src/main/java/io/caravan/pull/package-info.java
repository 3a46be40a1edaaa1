/**
 * The steps of the pull routes: from a trigger to records landed in the store.
 * Flow floor; never imports {@code export} or {@code deliver}: they meet by route name.
 */
package io.caravan.pull;
