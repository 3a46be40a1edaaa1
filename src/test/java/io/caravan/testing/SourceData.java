package io.caravan.testing;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a simulated source holds. Lists and iterators may make their resources while they are read, in an order that does
 * not change; a list is what it was when it was asked for, whatever changes afterwards. Thread-safe.
 */
interface SourceData {

    /** Every type ever held, sorted; one whose resources were all removed is still offered. */
    Set<String> types();

    /** Whether resources of this type name a patient, so that it can be searched by one. */
    boolean hasPatients(String type);

    /** Ids of the patients. */
    List<String> patients();

    Optional<SourceResource> get(String type, String id);

    /** The content of a Binary. */
    Optional<SourceAttachment> attachment(String id);

    List<SourceResource> ofPatient(String type, String patient);

    List<SourceResource> ofType(String type);

    /** Everything that is held now. */
    Iterator<SourceResource> all();

    int size();

    int size(String type);

    /** Adds a resource, or replaces the one of the same type and id. */
    void put(SourceResource resource);

    /** Adds a Binary, or replaces the one of the same id. */
    void put(SourceAttachment attachment);

    /** Whether there was one. */
    boolean remove(String type, String id);
}
