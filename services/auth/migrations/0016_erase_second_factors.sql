-- Staff can be forgotten as well.
GRANT DELETE ON auth.second_factors TO tchat_app;
