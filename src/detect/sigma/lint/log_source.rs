//! Log sources that are spelled otherwise than in Sigma's taxonomy.

use std::collections::BTreeSet;

use super::edits;
use super::rules::{EMPTY_LOG_SOURCE, UNKNOWN_LOG_SOURCE};
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::diagnostic::{YamlNode, did_you_mean};
use crate::event::catalogue::{Catalogue, LogSource, Routing};

/// Products of the taxonomy and of SigmaHQ's rules.
const PRODUCTS: [&str; 32] = [
    "aws",
    "azure",
    "bitbucket",
    "cisco",
    "django",
    "fortigate",
    "fortios",
    "gcp",
    "github",
    "huawei",
    "juniper",
    "jvm",
    "kubernetes",
    "linux",
    "m365",
    "macos",
    "modsecurity",
    "nodejs",
    "okta",
    "onelogin",
    "opencanary",
    "paloalto",
    "python",
    "qualys",
    "rpc_firewall",
    "ruby_on_rails",
    "spring",
    "sql",
    "velocity",
    "windows",
    "zeek",
    "apache",
];

/// Names that people write for products, and what the taxonomy calls them.
const PRODUCTS_ELSEWHERE: [(&str, &str); 6] = [
    ("win", "windows"),
    ("osx", "macos"),
    ("mac", "macos"),
    ("o365", "m365"),
    ("office365", "m365"),
    ("palo_alto", "paloalto"),
];

/// Categories that are of no product, or of products that log text.
const CATEGORIES: [&str; 9] = [
    "antivirus",
    "application",
    "appliance",
    "database",
    "dns",
    "firewall",
    "network",
    "proxy",
    "webserver",
];

/// Names that people write for categories, and what the taxonomy calls them.
const CATEGORIES_ELSEWHERE: [(&str, &str); 5] = [
    ("process", "process_creation"),
    ("file_create", "file_event"),
    ("file_creation", "file_event"),
    ("registry", "registry_event"),
    ("powershell_script", "ps_script"),
];

pub(super) fn check(document: YamlNode<'_>, findings: &mut Vec<Finding>) {
    let Some(written) = document.get("logsource") else {
        return;
    };
    let part = |key: &str| {
        written
            .get(key)
            .and_then(|node| Some((node, node.as_str()?)))
    };
    let product = part("product");
    let before = findings.len();
    if let Some((node, name)) = product {
        check_product(node, name, findings);
    }
    let of = product.map(|(_, name)| name.to_lowercase());
    for (key, other) in [("category", "service"), ("service", "category")] {
        if let Some((node, name)) = part(key) {
            let is_free = part(other).is_none();
            let other = is_free.then_some(other);
            check_part(written, node, (key, name), other, of.as_deref(), findings);
        }
    }
    let is_told = findings.len() > before;
    if let (Some((_, category)), Some((service, name)), false) =
        (part("category"), part("service"), is_told)
    {
        check_common(document, service, category, name, of.as_deref(), findings);
    }
}

fn check_product(node: YamlNode<'_>, name: &str, findings: &mut Vec<Finding>) {
    let lower = name.to_lowercase();
    if PRODUCTS.contains(&lower.as_str()) {
        return;
    }
    let meant = PRODUCTS_ELSEWHERE
        .iter()
        .find(|(known, _)| *known == lower)
        .map(|(_, meant)| *meant)
        .or_else(|| close(&lower, PRODUCTS));
    if let Some(meant) = meant {
        findings.push(misspelled(node, "product", name, meant));
    }
}

/// A name that is another but for a slip; short names are close to too many.
fn close<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    (name.len() > 3)
        .then(|| did_you_mean(name, known))
        .flatten()
}

fn misspelled(node: YamlNode<'_>, what: &str, name: &str, meant: &str) -> Finding {
    Finding::new(
        &UNKNOWN_LOG_SOURCE,
        format!("there is no {what} `{name}` in Sigma's taxonomy"),
        node.place(),
    )
    .fix(
        Remedy::Proposed,
        format!("did you mean `{meant}`?"),
        edits::value(node, meant).into_iter().collect(),
    )
}

/// The categories or the services that there are; of a product, if it is one whose logs
/// are all known.
fn known(key: &str, product: Option<&str>) -> BTreeSet<&'static str> {
    let catalogue = Catalogue::bundled();
    let name = |source: &'static LogSource| match key {
        "category" => source.category.as_deref(),
        _ => source.service.as_deref(),
    };
    catalogue
        .log_sources()
        .filter(|source| product.is_none() || source.product.as_deref() == product)
        .filter_map(name)
        .collect()
}

fn check_part(
    written: YamlNode<'_>,
    node: YamlNode<'_>,
    (key, name): (&str, &str),
    other: Option<&str>,
    product: Option<&str>,
    findings: &mut Vec<Finding>,
) {
    // Of other products the taxonomy knows some logs only.
    if !product.is_none_or(|product| ["windows", "linux", "aws"].contains(&product)) {
        return;
    }
    let lower = name.to_lowercase().replace(' ', "_");
    let known_names = known(key, product);
    let is_known = |name: &str| known_names.contains(name) || known(key, None).contains(name);
    if is_known(&lower) || (key == "category" && CATEGORIES.contains(&lower.as_str())) {
        return;
    }
    if let Some(other) = other
        && known(other, product).contains(lower.as_str())
        && let Some((key_node, _)) = written.pair(key)
    {
        let edits: Vec<Edit> = edits::value(key_node, other).into_iter().collect();
        findings.push(
            Finding::new(
                &UNKNOWN_LOG_SOURCE,
                format!("`{name}` is a {other}, not a {key}"),
                key_node.place(),
            )
            .fix(Remedy::Proposed, format!("write `{other}: {name}`"), edits),
        );
        return;
    }
    let meant = CATEGORIES_ELSEWHERE
        .iter()
        .filter(|_| key == "category" && product.is_some())
        .find(|(known, _)| *known == lower)
        .map(|(_, meant)| *meant)
        .or_else(|| close(&lower, known_names.iter().copied()));
    if let Some(meant) = meant {
        findings.push(misspelled(node, key, name, meant));
    }
}

/// A category and a service that have no record in common.
fn check_common(
    document: YamlNode<'_>,
    place: YamlNode<'_>,
    category: &str,
    service: &str,
    product: Option<&str>,
    findings: &mut Vec<Finding>,
) {
    let catalogue = Catalogue::bundled();
    let can_be_read = |category, service| {
        let source = LogSource::new(product, category, service);
        matches!(catalogue.routes(&source), Routing::Routes(_))
    };
    let each = can_be_read(Some(category), None) && can_be_read(None, Some(service));
    if each && !can_be_read(Some(category), Some(service)) && document.get("correlation").is_none()
    {
        findings.push(
            Finding::new(
                &EMPTY_LOG_SOURCE,
                format!("no event of `{category}` is in the log `{service}`"),
                place.place(),
            )
            .help("keep one of the two"),
        );
    }
}
