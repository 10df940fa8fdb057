//! Rule expressions of Sumo Logic Cloud SIEM.

pub mod syntax;
