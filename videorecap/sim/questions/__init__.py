"""Multiple-choice questions about whole videos, in the form of EgoSchema.

The wrong options of a question are right answers too, each to the same question about another video. The
five videos are drawn in the same way, and the question is only kept where each of the five answers is
clearly false of the four other videos. So nothing but the video tells which of them is meant: the options of
all questions of a video come from the same five, and even together the questions give nothing away. The
question names nothing of the video.
"""

from videorecap.sim.questions.ask import NUM_OPTIONS, TEMPLATES, TOPICS, SimQuestion, questions

__all__ = ["NUM_OPTIONS", "TEMPLATES", "TOPICS", "SimQuestion", "questions"]
