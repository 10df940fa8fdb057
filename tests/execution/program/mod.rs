//! Executing as a user does it: the program, run in a small project.

mod bounds;
mod cloud;
mod confirming;
mod ending;
mod killing;
mod not_run;
mod project;
mod recovering;
mod showing;
mod verdicts;
