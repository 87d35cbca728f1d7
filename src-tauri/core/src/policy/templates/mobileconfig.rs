//! A configuration profile for macOS, in which every key stands as a remark with an example.
//!
//! The payload is the one that Apple documents for an application's own preferences ("ManagedPreferences"): what stands below `Forced`
//! is what the helper reads as policy.

use super::xml::{escaped, remark};
use super::{Tongue, Wording};
use crate::brand::Brand;
use crate::policy::{Example, Key};
use crate::text::TextKey;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The file.
pub(super) fn text(brand: &Brand, tongue: &Tongue<'_>) -> String {
    let identifier = escaped(&brand.identifier);
    let mut settings = String::new();
    for key in Key::ALL {
        let Wording { title, .. } = (tongue.wording)(*key);
        let [value, otherwise] = tongue.explained(*key).map(|line| remark(&line));
        let _ = write!(
            settings,
            "                <!-- {}: {value} {otherwise} -->\n                <!--\n                <key>{}</key>\n\
             {}                -->\n",
            remark(&title),
            key.name(),
            example(tongue.example(*key)),
        );
    }
    let uuid = |of: &str| uuid(&format!("{} {of}", brand.identifier));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- {how} -->
<plist version="1.0">
<dict>
  <key>PayloadType</key>
  <string>Configuration</string>
  <key>PayloadVersion</key>
  <integer>1</integer>
  <key>PayloadIdentifier</key>
  <string>{identifier}.policy</string>
  <key>PayloadUUID</key>
  <string>{profile}</string>
  <key>PayloadScope</key>
  <string>System</string>
  <key>PayloadDisplayName</key>
  <string>{product}</string>
  <key>PayloadDescription</key>
  <string>{about}</string>
  <key>PayloadOrganization</key>
  <string>{vendor}</string>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadType</key>
      <string>com.apple.ManagedClient.preferences</string>
      <key>PayloadVersion</key>
      <integer>1</integer>
      <key>PayloadIdentifier</key>
      <string>{identifier}.policy.preferences</string>
      <key>PayloadUUID</key>
      <string>{payload}</string>
      <key>PayloadDisplayName</key>
      <string>{product}</string>
      <key>PayloadContent</key>
      <dict>
        <key>{identifier}</key>
        <dict>
          <key>Forced</key>
          <array>
            <dict>
              <key>mcx_preference_settings</key>
              <dict>
{settings}              </dict>
            </dict>
          </array>
        </dict>
      </dict>
    </dict>
  </array>
</dict>
</plist>
"#,
        how = remark(&tongue.label(TextKey::PolicyProfile)),
        profile = uuid("profile"),
        payload = uuid("preferences"),
        product = escaped(&tongue.product(brand)),
        about = escaped(&tongue.label(TextKey::PolicyAbout)),
        vendor = escaped(&brand.vendor),
    )
}

/// An example as a property list has it, for a place inside a remark: no example has two hyphens side by side.
fn example(example: Example) -> String {
    let value = match example {
        Example::List(texts) => {
            let lines: String =
                texts.iter().map(|text| format!("                  <string>{}</string>\n", escaped(text))).collect();
            format!("<array>\n{lines}                </array>")
        }
        Example::Text(text) | Example::Spoken { ko: text, .. } => format!("<string>{}</string>", escaped(text)),
        Example::Number(number) => format!("<integer>{number}</integer>"),
        Example::Flag(true) => "<true/>".to_owned(),
        Example::Flag(false) => "<false/>".to_owned(),
    };
    format!("                {value}\n")
}

/// The same identifier for the same thing, whenever and wherever the file is made, so that a newer profile takes the place of an older
/// one (RFC 9562, section 5.8: version 8, bits of the vendor's own choice, here of a hash).
fn uuid(of: &str) -> String {
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(Sha256::digest(of.as_bytes())) {
        *byte = hashed;
    }
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_stay_and_differ() {
        let one = uuid("com.example profile");
        assert_eq!(one, uuid("com.example profile"));
        assert_ne!(one, uuid("com.example preferences"));
        assert_eq!((one.len(), &one[14..15]), (36, "8"), "{one}");
        assert!(matches!(&one[19..20], "8" | "9" | "A" | "B"), "{one}");
    }
}
