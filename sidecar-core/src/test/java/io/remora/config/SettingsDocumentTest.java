package io.remora.config;

import io.remora.CommittedDocument;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsDocumentTest {

    private static final String HEAD = """
            # Settings of the agent

            Each setting is read from its flag, else from its environment variable, else from its Java property
            (`-Dremora.NAME`); an empty value counts as not given. All of them are checked at the start, and everything
            that is wrong is reported at once. `GET /config` of the admin server shows the values in force and where each
            came from; `remora agent --help` shows this table.

            A variable that starts with `REMORA_` and is none of these is warned about. Those that Kubernetes makes for
            Services named `remora` or `remora-...` are neither read nor warned about: `REMORA_PORT*`, `REMORA_SERVICE_*`,
            `REMORA_*_SERVICE_HOST`, `REMORA_*_SERVICE_PORT*`, `REMORA_*_PORT_<number>_TCP*` (or UDP, SCTP), and
            `REMORA_*_PORT` if its value is like `tcp://10.96.0.9:80`.

            A Service may have some of them for itself: by the annotation in the fourth column, on the Service object, in every
            agent that balances it. What is wrong with an annotation is logged once, with the Service's name, and shown by
            `remora explain`; the agent's own setting holds then.

            | setting | flag | variable | annotation | type | default | |
            |---|---|---|---|---|---|---|
            """;

    private static final String OF_SERVICES_ALONE = """

            By annotation alone:

            | annotation | type | |
            |---|---|---|
            """;

    @Test
    void documentationIsWhatTheTableSays() throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        for (Setting<?> setting : Settings.all()) {
            String given = setting.defaultText();
            text.append("| `%s` | `%s` | `%s` | %s | %s | %s | %s. |%n"
                    .formatted(
                            setting.property(),
                            setting.flag(),
                            setting.variable(),
                            setting.scope() == Setting.Scope.AGENT ? "" : "`" + setting.annotation() + "`",
                            setting.type().label(),
                            given.isEmpty() ? "" : "`" + given + "`",
                            setting.description()));
        }
        text.append(OF_SERVICES_ALONE);
        Settings.ofServices().stream()
                .filter(setting -> setting.scope() == Setting.Scope.SERVICE)
                .forEach(setting -> text.append("| `%s` | %s | %s. |%n"
                        .formatted(setting.annotation(), setting.type().label(), setting.description())));
        text.append("\nHow values are written:\n\n");
        Stream.concat(Settings.all().stream(), Settings.ofServices().stream())
                .map(setting -> "- " + setting.type().label() + ": "
                        + setting.type().fix().replaceFirst(",? (each )?(from|at least) .*", ""))
                .distinct()
                .sorted()
                .forEach(line -> text.append(line).append(".\n"));
        CommittedDocument.check("settings.md", text.toString());
    }
}
