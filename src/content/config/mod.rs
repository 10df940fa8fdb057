//! `misfire.toml`: the configuration of a project.
