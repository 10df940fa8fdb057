//! The models that are part of the program.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};

use super::arguments::fits;
use super::schema::{Model, Whole};
use crate::activity::ProgramFile;
use crate::stage::simulate::program::builtin;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/stage/simulate/program/models");

static BUNDLED: LazyLock<Models> = LazyLock::new(|| {
    Models::load().unwrap_or_else(|error| panic!("a bundled program model is damaged: {error}"))
});

/// A model cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct ModelError {
    /// The model's file.
    pub file: String,
    /// What is wrong with it.
    pub problem: String,
}

/// The models of programs.
#[derive(Debug)]
pub struct Models {
    models: Vec<(Arc<Model>, Arc<ProgramFile>)>,
    by_name: BTreeMap<String, usize>,
    by_path: BTreeMap<String, usize>,
}

impl Models {
    /// The models that are part of misfire.
    #[must_use]
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Reads the models that are part of misfire anew.
    ///
    /// # Errors
    /// The first fault of one.
    pub fn load() -> Result<Self, ModelError> {
        let mut all = Self {
            models: Vec::new(),
            by_name: BTreeMap::new(),
            by_path: BTreeMap::new(),
        };
        for file in FILES.files() {
            let name = format!("models/{}", file.path().display());
            let text = file.contents_utf8().ok_or_else(|| ModelError {
                file: name.clone(),
                problem: "it is not text".to_owned(),
            })?;
            all.add(&name, Self::parse(&name, text)?)?;
        }
        Ok(all)
    }

    /// Reads one model.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(file: &str, text: &str) -> Result<Model, ModelError> {
        let problem = |problem: String| ModelError {
            file: file.to_owned(),
            problem,
        };
        let model: Model =
            serde_yaml::from_str(text).map_err(|error| problem(error.to_string()))?;
        for case in &model.cases {
            for action in &case.does {
                if action.count() != 1 {
                    let name = &case.name;
                    return Err(problem(format!("an action of `{name}` is not exactly one")));
                }
                if let Some(name) = &action.carry_out
                    && !builtin::is_known(name)
                {
                    return Err(problem(format!("there is no built-in action `{name}`")));
                }
            }
        }
        Ok(model)
    }

    fn add(&mut self, file: &str, model: Model) -> Result<(), ModelError> {
        // Explanations name a model's file by the model.
        if file != model.place() {
            return Err(ModelError {
                file: file.to_owned(),
                problem: format!("the model `{}` belongs in {}", model.name, model.place()),
            });
        }
        let at = self.models.len();
        for name in std::iter::once(&model.name).chain(&model.also) {
            if self.by_name.insert(name.to_lowercase(), at).is_some() {
                return Err(ModelError {
                    file: file.to_owned(),
                    problem: format!("another model is named `{name}`"),
                });
            }
        }
        for path in &model.paths {
            self.by_path.insert(path.to_lowercase(), at);
        }
        let file = Arc::new(model.file());
        self.models.push((Arc::new(model), file));
        Ok(())
    }

    /// Every model, by the name of its file.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Model>> {
        self.models.iter().map(|(model, _)| model)
    }

    /// The model of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<Model>> {
        let at = self.by_name.get(&name.to_lowercase())?;
        self.models.get(*at).map(|(model, _)| model)
    }

    /// The file of the program of that name.
    #[must_use]
    pub fn file_named(&self, name: &str) -> Option<&Arc<ProgramFile>> {
        let at = self.by_name.get(&name.to_lowercase())?;
        self.models.get(*at).map(|(_, file)| file)
    }

    /// The model that is told by a path, whatever its file is named.
    #[must_use]
    pub fn told_by(&self, path: &str) -> Option<&Arc<Model>> {
        self.iter()
            .find(|model| model.likely.iter().any(|pattern| fits(pattern, path)))
    }

    /// The part of Windows at a path: its model, its file, and the path as Windows
    /// spells it.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<(&Arc<Model>, &Arc<ProgramFile>, &str)> {
        let lower = path.to_lowercase();
        let (model, file) = self.models.get(*self.by_path.get(&lower)?)?;
        if model.part_of != Some(Whole::Windows) {
            return None;
        }
        let spelling = model
            .paths
            .iter()
            .find(|path| path.to_lowercase() == lower)?;
        Some((model, file, spelling))
    }
}
