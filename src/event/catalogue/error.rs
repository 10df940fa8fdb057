//! What can be wrong with catalogue data.

use super::LogSource;

/// Why catalogue data was not accepted.
///
/// The bundled data never causes one; a test loads it.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file is no YAML of the expected shape.
    #[error("{file} is not of the expected shape: {source}")]
    Yaml {
        /// The file's name.
        file: String,
        /// What the YAML reader says.
        source: serde_yaml::Error,
    },
    /// A line of an event table is not of the expected form.
    #[error("{file}, line {line}: {problem}")]
    Table {
        /// The file's name.
        file: String,
        /// The line, counted from one.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// Two entries claim one identity.
    #[error("{file} has `{name}` twice")]
    Duplicate {
        /// The file's name.
        file: String,
        /// What occurs twice.
        name: String,
    },
    /// A log source draws on a source that is not declared.
    #[error("log source {log_source} draws on the unknown source `{source_id}`")]
    UnknownSource {
        /// The log source.
        log_source: LogSource,
        /// The source it names.
        source_id: String,
    },
    /// A route or a view names a scope that no view has, or the reverse.
    #[error("{file} names the unknown view scope `{scope}`")]
    UnknownScope {
        /// The file's name.
        file: String,
        /// The scope.
        scope: String,
    },
    /// A field path is not `Section.name` or `Payload.name`.
    #[error("{file}: `{path}` is no field path")]
    FieldPath {
        /// The file's name.
        file: String,
        /// The path.
        path: String,
    },
}
