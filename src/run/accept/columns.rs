//! The ways in which detections are judged: deployments and readings.

use crate::content::QuerySettings;
use crate::detect::{Language, Reading, spl, sumo};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

/// One deployment of each product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variant {
    splunk: Option<String>,
    sumo: Option<String>,
}

impl Variant {
    /// The settings of a project in these deployments.
    pub(super) fn settings(&self, base: &QuerySettings, reading: Reading) -> QuerySettings {
        let mut settings = base.clone();
        settings.splunk.deployment.clone_from(&self.splunk);
        settings.sumo.deployment.clone_from(&self.sumo);
        settings.reading = Some(reading);
        settings
    }

    /// The deployment of a language's product; none where the language has none and is
    /// judged in the first variant only.
    pub(super) fn deployment(&self, language: Language) -> Option<&str> {
        match language {
            Language::Spl => self.splunk.as_deref(),
            Language::Sumo => self.sumo.as_deref(),
            _ => None,
        }
    }
}

/// Whether queries of a language can be meant otherwise than they are written, and
/// depend on how records are taken in.
pub(super) fn has_deployments(language: Language) -> bool {
    matches!(language, Language::Spl | Language::Sumo)
}

/// The deployments that are asked for, or all of them.
///
/// # Errors
///
/// A diagnostic: there is none of a name.
pub(super) fn variants(asked: &[String]) -> Result<Vec<Variant>, Box<Diagnostic>> {
    let splunk: Vec<_> = spl::Deployment::names().collect();
    let sumo: Vec<_> = sumo::Deployment::names().collect();
    let known = || splunk.iter().chain(&sumo).copied();
    for name in asked {
        if !known().any(|known| known == name) {
            let problem = Diagnostic::error(
                Code::CONFIG_UNKNOWN_DEPLOYMENT,
                format!("there is no deployment `{name}`"),
            );
            return Err(Box::new(problem.help(match did_you_mean(name, known()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("there are: {}", known().collect::<Vec<_>>().join(", ")),
            })));
        }
    }
    let of = |names: &[&str]| -> Vec<String> {
        let is_asked = |name: &&&str| asked.iter().any(|asked| asked == **name);
        let own: Vec<_> = names
            .iter()
            .filter(is_asked)
            .map(ToString::to_string)
            .collect();
        if own.is_empty() {
            names.iter().map(ToString::to_string).collect()
        } else {
            own
        }
    };
    let (splunk, sumo) = (of(&splunk), of(&sumo));
    let variants = (0..splunk.len().max(sumo.len())).map(|index| Variant {
        splunk: splunk.get(index).cloned(),
        sumo: sumo.get(index).cloned(),
    });
    Ok(variants.collect())
}
