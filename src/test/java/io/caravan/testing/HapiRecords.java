package io.caravan.testing;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeResourceDefinition;
import ca.uhn.fhir.model.api.Include;
import ca.uhn.fhir.model.api.ResourceMetadataKeyEnum;
import ca.uhn.fhir.model.valueset.BundleEntrySearchModeEnum;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.IncludeParam;
import ca.uhn.fhir.rest.annotation.OptionalParam;
import ca.uhn.fhir.rest.annotation.Read;
import ca.uhn.fhir.rest.annotation.RequiredParam;
import ca.uhn.fhir.rest.annotation.Search;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.param.DateRangeParam;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.SimpleBundleProvider;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Property;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** What a {@link HapiSource} holds, by type and id, and how it is read and searched by patient. */
final class HapiRecords {

    /** Elements that name the patient whose record it is. */
    private static final List<String> OWNERS = List.of("subject", "patient", "beneficiary");

    /** @param about {@code Type/id} of what it belongs to, or of what a Provenance is about */
    private record Held(Resource resource, Set<String> about) {

        String name() {
            return resource.fhirType() + "/" + resource.getIdElement().getIdPart();
        }

        /** A copy, for how it was found is kept in the resource. */
        IBaseResource found(BundleEntrySearchModeEnum mode) {
            Resource copy = resource.copy();
            ResourceMetadataKeyEnum.ENTRY_SEARCH_MODE.put(copy, mode);
            return copy;
        }
    }

    private final FhirContext context;
    private final Map<String, Map<String, Held>> byType = new ConcurrentHashMap<>();

    HapiRecords(FhirContext context) {
        this.context = context;
    }

    void put(String json, Instant changed) {
        Resource resource = (Resource) context.newJsonParser().parseResource(json);
        resource.getMeta().setLastUpdated(Date.from(changed));
        List<String> elements = resource.fhirType().equals("Provenance") ? List.of("target") : OWNERS;
        Set<String> about = elements.stream()
                .map(resource::getNamedProperty)
                .filter(Objects::nonNull)
                .map(Property::getValues)
                .flatMap(List::stream)
                .filter(Reference.class::isInstance)
                .map(reference -> ((Reference) reference).getReference())
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        ofType(resource.fhirType()).put(resource.getIdElement().getIdPart(), new Held(resource, about));
    }

    List<String> ids(String type) {
        return List.copyOf(ofType(type).keySet());
    }

    String json(String name) {
        String[] parts = name.split("/");
        return context.newJsonParser()
                .encodeResourceToString(ofType(parts[0]).get(parts[1]).resource());
    }

    /** The Patient, what belongs to it, and the Provenance of that. */
    List<String> of(String patient) {
        String name = "Patient/" + patient;
        Set<String> own = byType.entrySet().stream()
                .filter(type -> !type.getKey().equals("Provenance"))
                .flatMap(type -> type.getValue().values().stream())
                .filter(held -> held.about().contains(name))
                .map(Held::name)
                .collect(Collectors.toSet());
        return Stream.concat(
                        Stream.concat(Stream.of(name), own.stream()),
                        provenanceOf(own::contains).map(Held::name))
                .toList();
    }

    /** One for each type: those that R4 searches by patient are, the others are only read. */
    List<Object> providers() {
        return context.getResourceTypes().stream()
                .sorted()
                .map(context::getResourceDefinition)
                .map(type -> type.getSearchParam("patient") != null || type.getSearchParam("subject") != null
                        ? new OfPatients(type)
                        : new OfNobody(type))
                .map(Object.class::cast)
                .toList();
    }

    /** A type that is only read. */
    public class OfNobody implements IResourceProvider {

        private final RuntimeResourceDefinition type;

        OfNobody(RuntimeResourceDefinition type) {
            this.type = type;
        }

        @Override
        public Class<? extends IBaseResource> getResourceType() {
            return type.getImplementingClass();
        }

        @Read
        public IBaseResource read(@IdParam IdType id) {
            Held held = ofType(type.getName()).get(id.getIdPart());
            if (held == null) {
                throw new ResourceNotFoundException(id);
            }
            return held.resource();
        }

        Stream<Held> belongingTo(String patient) {
            return ofType(type.getName()).values().stream()
                    .filter(held -> held.about().contains("Patient/" + patient));
        }
    }

    /** A type that is searched by patient. */
    public final class OfPatients extends OfNobody {

        OfPatients(RuntimeResourceDefinition type) {
            super(type);
        }

        @Search
        public IBundleProvider search(
                @RequiredParam(name = "patient") ReferenceParam patient,
                @OptionalParam(name = "_lastUpdated") DateRangeParam changed,
                @IncludeParam(reverse = true, allow = "Provenance:target") Set<Include> reverse) {
            List<Held> found = belongingTo(patient.getIdPart())
                    .filter(held -> changed == null || !before(held, changed.getLowerBoundAsInstant()))
                    .toList();
            Set<String> names = found.stream().map(Held::name).collect(Collectors.toSet());
            Stream<Held> about = reverse.isEmpty() ? Stream.empty() : provenanceOf(names::contains);
            return new SimpleBundleProvider(Stream.concat(
                            found.stream().map(held -> held.found(BundleEntrySearchModeEnum.MATCH)),
                            about.map(held -> held.found(BundleEntrySearchModeEnum.INCLUDE)))
                    .toList());
        }
    }

    private static boolean before(Held held, Date from) {
        return from != null && held.resource().getMeta().getLastUpdated().before(from);
    }

    private Stream<Held> provenanceOf(Predicate<String> targets) {
        return ofType("Provenance").values().stream()
                .filter(held -> held.about().stream().anyMatch(targets));
    }

    private Map<String, Held> ofType(String type) {
        return byType.computeIfAbsent(type, t -> new ConcurrentSkipListMap<>());
    }
}
