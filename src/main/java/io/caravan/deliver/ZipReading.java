package io.caravan.deliver;

import org.apache.camel.dataformat.zipfile.ZipSplitter;
import org.springframework.stereotype.Component;

/** {@code zipSplitter}: camel-zipfile's way through the entries of an archive. */
@Component("zipSplitter")
class ZipReading extends ZipSplitter {}
