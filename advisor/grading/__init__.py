"""The teacher's side of assignments: handed out, collected, graded, given back.

`actions`      the shelf of what a teacher does: advisor assignment new, render and so on, one file each
`kinds`        the shelf of kinds of question, one file each
`course`       the folder of a course, laid out as nbgrader's

An assignment is written, proved, handed out:
`source`       the folder that its teacher keeps: assignment.toml and one percent-format source
`questions`    its questions, read as literals
`variants`     each student's own variant, from a keyed hash of the id
`specs`        every value that a variant may draw, tried before anybody gets it
`problems`     the table of problems that data are drawn from
`faults`       the table of broken models
`values`       the table of numbers to be worked out
`readings`     the curves that a number is read off
`rendering`    the source turned into a script and a notebook
`handout`      what goes beside them: questions and rows, and no answer
`proving`      the proof: the solution scores full points, the starter none; the bands of scores
`rehearsal`    the teacher's solution run in a process of its own, for made-up students

A student works on it:
`workbook`     look, take a hint, check, hand in
`handin`       answers turned into plain values and saved models

Submissions are collected:
`roster`       who is in the class
`patterns`     where an id stands in a file's name
`archives`     what was handed in, whether it lies in folders or zips
`zips`         a zip that may have been built to surprise
`matching`     every entry to a student
`parts`        which files of a student's are graded, which attempt is newest
`storing`      kept whole or not at all, never over what is there
`collecting`   all of that
`collected`    what came of it, and what is left to decide

They are judged:
`submission`   one submission, read once; nothing of it is run there
`literals`     answers read from code that is not run
`marking`      each question judged by its kind, and scored
`refusals`     why a file is refused, and what to do, in both languages
`judgement`    what a kind is given and gives back
`looking`      what a saved model is and does
`sketches`     what its outputs do, as a few numbers
`marks`        what grading gives
`slips`        mistakes that a class has in common, each with its lab

Safely, and by the hundred:
`grader`       one process a submission, whatever happens to it
`team`         several workers side by side
`spreading`    or a cluster's in their place
`station`      the process that is a cluster's
`worker`       one submission at a time
`programs`     which questions are answered by code that has to be run
`nursery`      asks Keras, from the grader's side
`opening`      the process that has imported Keras and forks a child for each request
`running`      what that child does with a model: Keras opens it and runs it
`executing`    what that child does with code: it is run, and what it built is saved
`jail`         what holds that child, where the machine has it
`frames`       messages between them
`confinement`  what a process may take
`scratch`      folders that do not outlive it
`results`      grades in sqlite: never lost, never doubled
`summary`      what grading says when it is through
`outcome`      what counts, and who was late or set aside

And given back:
`feedback`     one page a student
`drawings`     its pictures
`axes`         what pictures stand on
`paper`        what pages have in common
`gradebook`    a row a student, as CSV and as a workbook
`spreadsheet`  a table as .xlsx
`classreport`  points by question and the commonest slips
`classpage`    that, as a page
"""
