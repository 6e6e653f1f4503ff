package io.remora.simulation;

import io.remora.CommittedDocument;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the simulation shows is committed: a change of it is reviewed as a diff. */
class SimulationDocumentTest {

    private static final String FOLDER = "simulation/";

    private final Results results = Suite.all();

    @Test
    void resultsForMachinesAreCommitted() throws IOException {
        CommittedDocument.check(FOLDER + "results.json", JsonReport.of(results));
    }

    @Test
    void resultsForDiffsAreCommitted() throws IOException {
        CommittedDocument.check(FOLDER + "results.txt", TextReport.of(results));
    }

    @Test
    void resultsForPeopleAreCommitted() throws IOException {
        CommittedDocument.check(FOLDER + "README.md", MarkdownReport.of(results));
        for (Scenario scenario : results.scenarios()) {
            CommittedDocument.check(FOLDER + scenario.name() + ".svg", Plot.of(results, scenario));
        }
    }
}
