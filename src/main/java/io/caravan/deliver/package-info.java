/**
 * The steps of the delivery routes: from a claimed item to an object verified at its destination.
 * Flow floor; never imports {@code pull} or {@code export}: they meet by route name.
 */
package io.caravan.deliver;
