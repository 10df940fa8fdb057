//! Which resource providers of Azure a text names.

use std::collections::BTreeMap;

/// Groups of the Azure command line, and the resource providers whose operations they
/// call (Azure CLI reference; Microsoft, "Resource providers for Azure services").
const GROUPS: [(&str, &str); 18] = [
    ("aks", "Microsoft.ContainerService"),
    ("appservice", "Microsoft.Web"),
    ("automation", "Microsoft.Automation"),
    ("container", "Microsoft.ContainerInstance"),
    ("deployment", "Microsoft.Resources"),
    ("disk", "Microsoft.Compute"),
    ("functionapp", "Microsoft.Web"),
    ("group", "Microsoft.Resources"),
    ("keyvault", "Microsoft.KeyVault"),
    ("network", "Microsoft.Network"),
    ("role", "Microsoft.Authorization"),
    ("serial-console", "Microsoft.SerialConsole"),
    ("snapshot", "Microsoft.Compute"),
    ("sql", "Microsoft.Sql"),
    ("storage", "Microsoft.Storage"),
    ("vm", "Microsoft.Compute"),
    ("vmss", "Microsoft.Compute"),
    ("webapp", "Microsoft.Web"),
];

/// Beginnings of the nouns of Azure PowerShell's cmdlets, in small letters.
const NOUNS: [(&str, &str); 8] = [
    ("-azautomation", "Microsoft.Automation"),
    ("-azdisk", "Microsoft.Compute"),
    ("-azkeyvault", "Microsoft.KeyVault"),
    ("-aznetwork", "Microsoft.Network"),
    ("-azresourcegroup", "Microsoft.Resources"),
    ("-azroleassignment", "Microsoft.Authorization"),
    ("-azstorage", "Microsoft.Storage"),
    ("-azvm", "Microsoft.Compute"),
];

/// The resource providers of Azure that a text names: `Microsoft.Compute` of
/// `Microsoft.Compute/virtualMachines/runCommand/action`, each once, whatever its case.
#[must_use]
pub fn azure_providers(text: &str) -> Vec<String> {
    let mut found = BTreeMap::new();
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '.';
    let mut rest = text;
    let mut before = "";
    while let Some(start) = rest.find(is_part) {
        let (skipped, from) = rest.split_at(start);
        let end = from.find(|sign| !is_part(sign)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        let is_whole = before.is_empty() && skipped.trim().is_empty() && after.trim().is_empty();
        let is_host = skipped.ends_with("//") || skipped.ends_with('@');
        if is_provider(word) && !is_host && (after.starts_with('/') || is_whole) {
            found
                .entry(word.to_ascii_lowercase())
                .or_insert_with(|| word.to_owned());
        }
        before = word;
        rest = after;
    }
    found.into_values().collect()
}

fn is_provider(word: &str) -> bool {
    let mut parts = word.split('.');
    let is_microsoft = parts
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case("Microsoft"));
    let rest: Vec<&str> = parts.collect();
    let is_name = |part: &&str| part.starts_with(|sign: char| sign.is_ascii_alphabetic());
    is_microsoft
        && !rest.is_empty()
        && rest.iter().all(is_name)
        && !rest.iter().any(|part| part.eq_ignore_ascii_case("com"))
}

/// The resource providers whose operations a script calls, as far as its text says so:
/// by the Azure command line, by Azure PowerShell, or by their names.
///
/// What calls them in another way is not seen.
pub(super) fn called(script: &str) -> Vec<String> {
    let mut found = azure_providers(script);
    let mut add = |provider: &str| {
        if !found
            .iter()
            .any(|known| known.eq_ignore_ascii_case(provider))
        {
            found.push(provider.to_owned());
        }
    };
    let separates = |sign: char| sign.is_whitespace() || "\"'`();|&<>".contains(sign);
    let words: Vec<&str> = script
        .split(separates)
        .filter(|word| !word.is_empty())
        .collect();
    for (place, word) in words.iter().enumerate() {
        if *word == "az" || word.ends_with("/az") {
            let group = words.get(place + 1).copied().unwrap_or_default();
            let known = GROUPS.iter().find(|(name, _)| *name == group);
            if let Some((_, provider)) = known {
                add(provider);
            }
        }
        let small = word.to_ascii_lowercase();
        if let Some((_, provider)) = NOUNS.iter().find(|(noun, _)| small.contains(noun)) {
            add(provider);
        }
    }
    found
}
