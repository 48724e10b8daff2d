"""Which line of security.md part B each route of the service is (`oracle.ROWS`)."""

#: Open without signing in.
PUBLIC = frozenset(
    {"GET /static/<path:filename>", "GET /sign-in", "POST /sign-in", "POST /sign-out",
     "GET /sign-in/second", "POST /sign-in/second", "GET /again", "POST /again"}
)  # fmt: skip

ROUTES_TEXT = """
GET  /                                                    own account
GET  /still-here                                          own account
GET  /more                                                own account
GET  /password                                            own account
POST /password                                            own account
GET  /feed                                                create incident
POST /feed                                                create incident
GET  /feed/history                                        create incident
POST /feed/history                                        create incident
GET  /feed/imports/<uuid:import_id>                       create incident
GET  /feed/imports/<uuid:import_id>/progress              create incident
GET  /feed/imports/<uuid:import_id>/rejected-rows.csv     create incident
POST /feed/imports/<uuid:import_id>/dealt-with            create incident
GET  /search                                              search
POST /search                                              search
GET  /lists                                               read meeting
GET  /lists/<day>                                         read meeting
GET  /lists/<day>/not-listed                              search
POST /lists/<day>/build                                   build list, add by hand
GET  /lists/<day>/close                                   close list
POST /lists/<day>/close                                   close list
POST /lists/ask-to-add                                    build list, add by hand
POST /lists/add                                           build list, add by hand
GET  /items/<uuid:item_id>/outcome                        read meeting
POST /items/<uuid:item_id>/outcome                        draft outcome
POST /items/<uuid:item_id>/outcome/stand-in               outcome in their place
GET  /cases/<uuid:case_id>                                read case
GET  /cases/<uuid:case_id>/in-full                        read case
GET  /cases/<uuid:case_id>/why                            read case
POST /cases/<uuid:case_id>/why                            read case
GET  /actions                                             read case
GET  /actions/<uuid:action_id>                            update action
POST /actions/<uuid:action_id>                            update action
GET  /marac                                               read meeting
GET  /marac/plan                                          keep agenda, meetings
POST /marac/plan                                          keep agenda, meetings
GET  /marac/<uuid:meeting_id>                             read meeting
GET  /marac/<uuid:meeting_id>/date                        keep agenda, meetings
POST /marac/<uuid:meeting_id>/date                        keep agenda, meetings
POST /marac/<uuid:meeting_id>/order                       keep agenda, meetings
GET  /marac/<uuid:meeting_id>/cases/<uuid:item_id>/discuss override triage or group
POST /marac/<uuid:meeting_id>/cases/<uuid:item_id>/discuss override triage or group
GET  /marac/<uuid:meeting_id>/close                       keep agenda, meetings
POST /marac/<uuid:meeting_id>/close                       keep agenda, meetings
GET  /marac/<uuid:meeting_id>/publish                     build, send pack
POST /marac/<uuid:meeting_id>/publish                     build, send pack
GET  /marac/<uuid:meeting_id>/late                        keep agenda, meetings
POST /marac/<uuid:meeting_id>/late                        keep agenda, meetings
GET  /marac/<uuid:meeting_id>/supplement                  build, send pack
POST /marac/<uuid:meeting_id>/supplement/<int:number>     build, send pack
GET  /marac/<uuid:meeting_id>/not-sat                     keep agenda, meetings
POST /marac/<uuid:meeting_id>/not-sat                     keep agenda, meetings
GET  /marac/<uuid:meeting_id>/copies                      build, send pack
GET  /marac/<uuid:meeting_id>/restricted/<uuid:case_id>   put restricted case in pack
POST /marac/<uuid:meeting_id>/restricted/<uuid:case_id>   put restricted case in pack
GET  /packs                                               download pack
GET  /packs/<uuid:pack_id>/read                           download pack
GET  /packs/<uuid:pack_id>/copy                           download pack
POST /packs/<uuid:pack_id>/copy                           download pack
GET  /packs/copies/<uuid:copy_id>/pack.pdf                download pack
GET  /accounts                                            disable user
GET  /accounts/new                                        invite user
POST /accounts/new                                        invite user
GET  /accounts/<uuid:account_id>                          disable user
GET  /accounts/<uuid:account_id>/details                  invite user
POST /accounts/<uuid:account_id>/details                  invite user
GET  /accounts/<uuid:account_id>/disable                  disable user
POST /accounts/<uuid:account_id>/disable                  disable user
GET  /accounts/<uuid:account_id>/enable                   invite user
POST /accounts/<uuid:account_id>/enable                   invite user
GET  /accounts/<uuid:account_id>/recovery                 invite user
POST /accounts/<uuid:account_id>/recovery                 invite user
POST /accounts/<uuid:account_id>/role                     invite user
POST /accounts/<uuid:account_id>/grant                    grant coordinator or chair
GET  /agencies                                            agencies
GET  /agencies/new                                        agencies
POST /agencies/new                                        agencies
GET  /agencies/<uuid:agency_id>                           agencies
POST /agencies/<uuid:agency_id>                           agencies
GET  /area                                                rules and area settings
POST /area                                                rules and area settings
GET  /audit                                               read audit
GET  /decisions                                           second person
GET  /decisions/<uuid:proposal_id>                        second person
POST /decisions/<uuid:proposal_id>                        second person
POST /decisions/<uuid:proposal_id>/half                    invite user
POST /decisions/<uuid:proposal_id>/withdraw               take back own proposal
GET  /again/drafts/<uuid:draft_id>                        own account
POST /again/drafts/<uuid:draft_id>/discard                own account
GET  /me/details                                          own account
POST /me/details                                          own account
GET  /me/details/<uuid:detail_id>/take-away               own account
POST /me/details/<uuid:detail_id>/take-away               own account
GET  /second-factor                                       own account
GET  /second-factor/app                                   own account
POST /second-factor/app                                   own account
GET  /second-factor/app/remove                            own account
POST /second-factor/app/remove                            own account
GET  /second-factor/passkey                               own account
POST /second-factor/passkey                               own account
GET  /second-factor/passkeys/<uuid:passkey_id>/remove     own account
POST /second-factor/passkeys/<uuid:passkey_id>/remove     own account
GET  /sessions                                            own account
POST /sessions/<uuid:session_id>/end                      own account
POST /sessions/end-others                                 own account
GET  /agencies/<uuid:agency_id>/cleared                   agreements, withdrawal
POST /agencies/<uuid:agency_id>/cleared                   agreements, withdrawal
GET  /agencies/<uuid:agency_id>/review                    agreements, withdrawal
POST /agencies/<uuid:agency_id>/review                    agreements, withdrawal
GET  /agencies/<uuid:agency_id>/sign                      agreements, withdrawal
POST /agencies/<uuid:agency_id>/sign                      agreements, withdrawal
GET  /agencies/<uuid:agency_id>/withdraw                  agreements, withdrawal
POST /agencies/<uuid:agency_id>/withdraw                  agreements, withdrawal
GET  /alarms                                              be told of alarms
GET  /alarms/<uuid:alarm_id>                              be told of alarms
POST /alarms/<uuid:alarm_id>                              be told of alarms
POST /audit                                               read audit
GET  /cases/<uuid:case_id>/opened                         read audit of a case
POST /prints                                              read case
GET  /break-glass                                         break the glass
POST /break-glass                                         break the glass
POST /break-glass/open                                    break the glass
GET  /openings                                            review broken glass
GET  /openings/<uuid:opening_id>                          review broken glass
POST /openings/<uuid:opening_id>/review                   review broken glass
POST /openings/<uuid:opening_id>/approve                  approve ticket
POST /openings/<uuid:opening_id>/refuse                   approve ticket
GET  /tickets                                             ask for a ticket
POST /tickets                                             ask for a ticket
GET  /tickets/name                                        ask for a ticket
POST /tickets/name                                        ask for a ticket
GET  /need-to-know                                        decide walls
GET  /cases/<uuid:case_id>/i-know-these-people            declare a wall
POST /cases/<uuid:case_id>/i-know-these-people            declare a wall
POST /cases/<uuid:case_id>/walls/<uuid:wall_id>/keep      decide walls
GET  /cases/<uuid:case_id>/walls/<uuid:wall_id>/lift      decide walls
POST /cases/<uuid:case_id>/walls/<uuid:wall_id>/lift      decide walls
GET  /cases/<uuid:case_id>/access                         restrict
GET  /cases/<uuid:case_id>/access/restrict                restrict
POST /cases/<uuid:case_id>/access/restrict                restrict
POST /cases/<uuid:case_id>/access/name                    restrict
POST /cases/<uuid:case_id>/access/unname/<uuid:account_id> restrict
GET  /cases/<uuid:case_id>/access/employer                restrict
POST /cases/<uuid:case_id>/access/employer                restrict
GET  /cases/<uuid:case_id>/access/officer                 restrict
POST /cases/<uuid:case_id>/access/officer                 restrict
GET  /cases/<uuid:case_id>/access/end                     lift restriction
POST /cases/<uuid:case_id>/access/end                     lift restriction
GET  /cases/<uuid:case_id>/ask-for-restriction            ask to restrict
POST /cases/<uuid:case_id>/ask-for-restriction            ask to restrict
POST /cases/<uuid:case_id>/access/give/<uuid:account_id>  allocate case
POST /cases/<uuid:case_id>/access/take-back/<uuid:account_id> allocate case
POST /cases/<uuid:case_id>/access/decline/<uuid:account_id> allocate case
POST /cases/<uuid:case_id>/ask-for-it                     ask for case
GET  /cases/<uuid:case_id>/addresses                      read case
GET  /cases/<uuid:case_id>/people/<uuid:person_id>/address add own item
POST /cases/<uuid:case_id>/people/<uuid:person_id>/address add own item
GET  /cases/<uuid:case_id>/people/<uuid:person_id>/contact add own item
POST /cases/<uuid:case_id>/people/<uuid:person_id>/contact add own item
GET  /cases/<uuid:case_id>/associates/new                 add own item
POST /cases/<uuid:case_id>/associates/new                 add own item
GET  /cases/<uuid:case_id>/addresses/<uuid:address_id>/correct edit own item
POST /cases/<uuid:case_id>/addresses/<uuid:address_id>/correct edit own item
GET  /cases/<uuid:case_id>/contacts/<uuid:contact_id>/correct edit own item
POST /cases/<uuid:case_id>/contacts/<uuid:contact_id>/correct edit own item
GET  /cases/<uuid:case_id>/addresses/<uuid:address_id>/reveal reveal safe address
POST /cases/<uuid:case_id>/addresses/<uuid:address_id>/reveal reveal safe address
GET  /cases/<uuid:case_id>/addresses/police/reveal        reveal safe address
POST /cases/<uuid:case_id>/addresses/police/reveal        reveal safe address
GET  /cases/<uuid:case_id>/contacts/<uuid:contact_id>/reveal reveal safe address
POST /cases/<uuid:case_id>/contacts/<uuid:contact_id>/reveal reveal safe address
GET  /cases/<uuid:case_id>/addresses/<uuid:address_id>/share share safe address
POST /cases/<uuid:case_id>/addresses/<uuid:address_id>/share share safe address
POST /cases/<uuid:case_id>/address-shares/<uuid:share_id>/withdraw share safe address
GET  /cases/<uuid:case_id>/shared                         add own item
GET  /cases/<uuid:case_id>/shared/<uuid:note_id>/correct  edit own item
POST /cases/<uuid:case_id>/shared/<uuid:note_id>/correct  edit own item
GET  /cases/<uuid:case_id>/shared/<uuid:note_id>/ask      ask correction
POST /cases/<uuid:case_id>/shared/<uuid:note_id>/ask      ask correction
GET  /cases/<uuid:case_id>/shared/requests/<uuid:request_id>/decline edit own item
POST /cases/<uuid:case_id>/shared/requests/<uuid:request_id>/decline edit own item
GET  /corrections                                         add own item
POST /corrections/<uuid:note_id>/read                     ask correction
GET  /refusals                                            see refused messages
GET  /refusals/<uuid:refusal_id>                          see refused messages
POST /refusals/<uuid:refusal_id>                          see refused messages
"""

ROUTES = {
    f"{method} {rule}": action
    for method, rule, action in (line.split(None, 2) for line in ROUTES_TEXT.strip().splitlines())
}
