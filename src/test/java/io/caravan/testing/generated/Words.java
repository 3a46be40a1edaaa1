package io.caravan.testing.generated;

import io.caravan.testing.generated.JsonText.Code;
import java.util.List;

/** What generated resources say: what is awkward in JSON, often; what is common in records, mostly. */
final class Words {

    static final String SNOMED = "http://snomed.info/sct";
    static final String LOINC = "http://loinc.org";
    static final String RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";
    static final String CVX = "http://hl7.org/fhir/sid/cvx";

    /** Numbers whose text is lost by whoever reads them as a double, or as a decimal, and writes them anew. */
    static final List<String> DECIMALS = List.of(
            "1.00",
            "1e2",
            "0.10",
            "7.0",
            "120",
            "98.60",
            "1E-7",
            "6.02214076E23",
            "-0.0",
            "0.1000000000000000055511151231257827021181583404541015625",
            "12345678901234567890.123456789012345678901234567890",
            "9007199254740993",
            "3.141592653589793238462643383279502884197",
            "100.000");

    /** Texts between quotes: escapes are theirs. */
    static final List<String> TEXTS = List.of(
            "stable, no complaints",
            "Größe und Gewicht unverändert",
            "患者は安定しています",
            "astral raw \uD83D\uDE00 and \uD834\uDD1E",
            "astral escaped \\uD83D\\uDE00",
            "escaped \\u00e9\\u0041 and \\/ and \\\\ and \\\"",
            "tab\\tnew line\\ncarriage return\\r",
            "right to left \u05E9\u05DC\u05D5\u05DD",
            "combining e\u0301, zero width \u200B\u2028 space",
            "braces {[,:]} inside",
            "\\\"reference\\\":\\\"Patient/1\\\"",
            "");

    static final List<String> FAMILIES =
            List.of("Müller", "O'Brien", "Nguyễn", "Иванова", "García-López", "Smith", "山田", "Øster");

    static final List<Code> CATEGORIES = List.of(
            new Code("laboratory", "Laboratory"),
            new Code("laboratory", "Laboratory"),
            new Code("laboratory", "Laboratory"),
            new Code("vital-signs", "Vital Signs"),
            new Code("vital-signs", "Vital Signs"),
            new Code("social-history", "Social History"),
            new Code("survey", "Survey"),
            new Code("exam", "Exam"));

    static final List<Code> MEASURED = List.of(
            new Code("8302-2", "Body height"),
            new Code("29463-7", "Body weight"),
            new Code("8480-6", "Systolic blood pressure"),
            new Code("2339-0", "Glucose [Mass/volume] in Blood"),
            new Code("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood"),
            new Code("72166-2", "Tobacco smoking status"));

    static final List<Code> PROBLEMS = List.of(
            new Code("44054006", "Diabetes mellitus type 2"),
            new Code("38341003", "Hypertensive disorder"),
            new Code("195662009", "Acute viral pharyngitis"),
            new Code("162864005", "Body mass index 30+ - obesity"));

    static final List<Code> DONE = List.of(
            new Code("430193006", "Medication reconciliation"),
            new Code("76601001", "Intramuscular injection"),
            new Code("73761001", "Colonoscopy"));

    static final List<Code> DRUGS = List.of(
            new Code("860975", "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet"),
            new Code("314076", "lisinopril 10 MG Oral Tablet"),
            new Code("308136", "amLODIPine 2.5 MG Oral Tablet"));

    static final List<Code> VACCINES =
            List.of(new Code("140", "Influenza, seasonal, injectable"), new Code("115", "Tdap"));

    static final List<Code> NOTES = List.of(
            new Code("34117-2", "History and physical note"),
            new Code("11506-3", "Progress note"),
            new Code("18842-5", "Discharge summary"));

    /** What attachments are, of which the first is also what those inside of resources are. */
    static final List<String> MEDIA_TYPES = List.of(
            "text/plain",
            "application/pdf",
            "text/html",
            "application/xml",
            "image/jpeg",
            "application/rtf",
            "application/dicom");

    private static final String SENTENCE =
            "The patient was seen, examined and advised; a follow-up was arranged as described in the plan. ";

    private Words() {}

    /** A narrative (XHTML) of about so many characters. */
    static String narrative(int length, String text) {
        StringBuilder div = new StringBuilder(length + 200);
        div.append("{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p>")
                .append(text.replace("<", "&lt;"))
                .append("</p><p>");
        for (int left = length; left > 0; left -= SENTENCE.length()) {
            div.append(SENTENCE, 0, Math.min(left, SENTENCE.length()));
        }
        return div.append("</p></div>\"}").toString();
    }
}
