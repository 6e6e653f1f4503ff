package io.remora.agent;

import io.remora.config.EffectiveSetting;
import java.util.List;

/** {@code /config}: every setting with the value in force and where it came from. */
final class ConfigPage implements AdminPage {

    private final byte[] body;

    ConfigPage(List<EffectiveSetting> settings) {
        this.body = Json.write(settings.stream()
                .map(each -> new SettingView(each.setting().property(), each.value(), each.origin()))
                .toList());
    }

    @Override
    public AdminResponse respond(AdminRequest request) {
        return AdminResponse.ok(AdminResponse.JSON, body);
    }

    private record SettingView(String setting, String value, String origin) {}
}
