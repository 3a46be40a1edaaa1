package io.caravan.testing.generated;

import io.caravan.testing.generated.Layout.Place;

/** What patients share. An Organization and a Location are part of the first of their kind. */
record SharedResources(IdStyle ids, Layout layout) {

    void write(JsonText json, Place place, Draws draws) {
        switch (place.type()) {
            case "Location" -> location(json, place);
            case "Medication" ->
                json.concept("code", Words.RXNORM, draws.oneOf(Words.DRUGS)).text("status", "active");
            case "Organization" -> organization(json, place, draws);
            case "Practitioner" ->
                json.raw("active", "true")
                        .openList("name")
                        .text("family", draws.oneOf(Words.FAMILIES))
                        .closeList();
            default -> role(json, place);
        }
    }

    private void location(JsonText json, Place place) {
        json.text("status", "active")
                .text("name", "Ward " + place.nth())
                .open("position")
                .raw("longitude", "-71.0580")
                .raw("latitude", "42.36000")
                .close();
        json.reference("managingOrganization", "Organization", id("Organization", place.nth()));
        if (place.nth() > 0) {
            json.reference("partOf", "Location", id("Location", 0));
        }
    }

    private void organization(JsonText json, Place place, Draws draws) {
        json.raw("active", "true").text("name", draws.oneOf(Words.FAMILIES) + " & Sons \\u2014 Clinic");
        if (place.nth() > 0) {
            json.reference("partOf", "Organization", id("Organization", 0));
        }
    }

    private void role(JsonText json, Place place) {
        json.reference("practitioner", "Practitioner", id("Practitioner", place.nth()))
                .reference("organization", "Organization", id("Organization", place.nth()));
        json.openList("location")
                .reference("Location", id("Location", place.nth()))
                .closeList();
    }

    /** The id of a shared resource; numbers beyond the last begin anew. */
    String id(String type, int nth) {
        return ids.of(layout.first(type) + nth % layout.count(type));
    }
}
