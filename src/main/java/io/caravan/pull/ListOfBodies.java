package io.caravan.pull;

import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.springframework.stereotype.Component;

/** {@code #listOfBodies}: the bodies of a split, in order, as one list. */
@Component("listOfBodies")
class ListOfBodies extends GroupedBodyAggregationStrategy {}
